//! Settings: what the deployment runs with, as this node sees it. They are set where the server is started.

use askama::Template;
use serde_json::Value;

use super::{Frame, Moment, Outcome, Reply, Shown, Visit};
use crate::insight::deployment::{Deployment, Serving};
use crate::kit::clock::Timestamp;

#[derive(Template)]
#[template(path = "console/settings.html")]
struct SettingsPage {
    frame: Frame,
    deployment: Option<Deployment>,
    refused: Option<String>,
    now: Timestamp,
}

impl SettingsPage {
    fn started(&self, node: &Serving) -> Option<Moment> {
        Moment::read(&Value::from(node.started_at.as_str()), self.now)
    }
}

/// `GET /console/settings`
pub async fn show(visit: &Visit) -> Outcome {
    let (frame, now) = (visit.frame("Settings"), visit.now());
    let page = match visit.deployment().await {
        Ok(deployment) => SettingsPage { frame, deployment: Some(deployment), refused: None, now },
        Err(failure) => SettingsPage { frame, deployment: None, refused: Some(Shown::told(failure)?), now },
    };
    Ok(Reply::page(&page))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn settings_are_shown_to_those_who_may_know_them() {
        let app = TestApp::new().await;
        let page = app.console().await.open("/settings").await.text;
        assert!(page.contains("https://") || page.contains("http://passwright.test"), "{page}");
        let other = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await;
        assert!(other.open("/settings").await.text.contains("passwright:GetDeployment"));
    }
}
