//! Whether a pool tracks its users' sessions, and how many each has.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, number, page};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of sessions, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/sessions", show), form("/pools/{pool}/sessions", change)]
}

#[derive(Template)]
#[template(path = "console/pools/sessions.html")]
struct SessionsPage {
    frame: Frame,
    head: Head,
    given: Given,
    may_change: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Given {
    is_tracking: bool,
    most: String,
}

impl Given {
    fn of(configuration: &Value) -> Self {
        let most = configuration.at("TokenSession").at("MaxPerUser").as_i64();
        Self { is_tracking: tracks(configuration), most: most.map(|most| most.to_string()).unwrap_or_default() }
    }

    fn read(fields: &Fields) -> Self {
        Self { is_tracking: fields.has("tracks"), most: fields.given("most").unwrap_or_default() }
    }

    fn input(&self, pool: &str) -> Value {
        let tracking = if self.is_tracking { "ENABLED" } else { "DISABLED" };
        json!({"UserPoolId": pool, "UserSessionTracking": tracking, "TokenSession": {"MaxPerUser": number(&self.most)}})
    }
}

/// Whether a pool whose configuration this is tracks sessions.
pub fn tracks(configuration: &Value) -> bool {
    configuration.at("UserSessionTracking") == "ENABLED"
}

async fn shown(visit: &Visit, given: Option<Given>, error: Option<WireError>) -> Result<SessionsPage, WireError> {
    let head = Head::load(visit, "sessions").await?;
    let given = match given {
        Some(given) => given,
        None => Given::of(&call(visit, "GetUserPoolSessionConfiguration", json!({"UserPoolId": head.id})).await?),
    };
    let possible = Given { is_tracking: true, most: "1".to_owned() }.input(&head.id);
    let may_change = may(visit, "SetUserPoolSessionConfiguration", possible).await;
    Ok(SessionsPage { frame: visit.frame(&head.name), head, given, may_change, error })
}

/// `GET /console/pools/{pool}/sessions`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&shown(visit, None, None).await?))
}

/// `POST /console/pools/{pool}/sessions`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let given = Given::read(fields);
    match call(visit, "SetUserPoolSessionConfiguration", given.input(&visit.segment("pool"))).await {
        Ok(_) if given.is_tracking => Ok(Reply::done(visit.path(), "Sessions are tracked from the next sign-in on.")),
        Ok(_) => Ok(Reply::done(visit.path(), "Sessions are not tracked.")),
        Err(error) => Ok(Reply::again(&shown(visit, Some(given), Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn sessions_are_tracked_and_limited() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = format!("/pools/{}/sessions", pool.id);
        let page = browser.open(&path).await;
        assert!(page.text.contains("value=\"20\"") && !page.text.contains("name=\"tracks\" checked"), "{}", page.text);
        let saved = browser.submit_and_follow(&path, &[("tracks", "on"), ("most", "3")]).await;
        for text in ["Sessions are tracked from the next sign-in on.", "value=\"3\"", "name=\"tracks\" checked"] {
            assert!(saved.text.contains(text), "{text}: {}", saved.text);
        }
        let get = async || pool.admin("GetUserPoolSessionConfiguration", json!({})).await.ok();
        let set = json!({"UserPoolId": pool.id, "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 3}});
        assert_eq!(get().await, set);
        for most in ["0", "101", "many", ""] {
            let refused = browser.submit(&path, &[("most", most)]).await;
            assert!(refused.status == 400 && refused.text.contains("role=\"alert\""), "{most}: {}", refused.text);
            assert!(refused.text.contains(&format!("value=\"{most}\"")), "{most}: {}", refused.text);
        }
        assert_eq!(get().await, set);
        assert!(browser.submit_and_follow(&path, &[("most", "3")]).await.text.contains("Sessions are not tracked."));
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_change_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks = json!([{"Effect": "Allow", "Action": "cognito-idp:Get*", "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let path = format!("/pools/{}/sessions", pool.id);
        let page = browser.open(&path).await;
        assert!(page.text.contains(" disabled>") && page.text.contains("cognito-idp:SetUserPoolSessionConfiguration"), "{}", page.text);
        let refused = browser.submit(&path, &[("tracks", "on"), ("most", "7")]).await;
        assert!(refused.status == 403 && refused.text.contains("value=\"7\""), "{}", refused.text);
    }
}
