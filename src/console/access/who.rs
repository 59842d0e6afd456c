//! "Who can do this?": every user and role, judged by the same question, a page at a time.

use askama::Template;
use serde_json::json;

use super::{Asked, Decided};
use crate::console::{Frame, Outcome, Reply, Shown, Visit, segment};
use crate::kit::json::Members as _;
use crate::wire::model::Service;

/// So many are judged for a page: each is a decision of its own.
const JUDGED: i64 = 50;

/// Somebody, and the decision on them.
struct Judged {
    arn: String,
    decided: Result<Decided, String>,
    /// Where the decision is explained.
    explained: String,
}

#[derive(Template)]
#[template(path = "console/access/who.html")]
struct WhoPage {
    frame: Frame,
    asked: Asked,
    judged: Option<Vec<Judged>>,
    refused: Option<String>,
    next: Option<String>,
}

impl WhoPage {
    fn allowed(&self) -> impl Iterator<Item = &Judged> {
        self.judged.iter().flatten().filter(|judged| judged.decided.as_ref().is_ok_and(|decided| decided.allowed))
    }

    fn others(&self) -> impl Iterator<Item = &Judged> {
        self.judged.iter().flatten().filter(|judged| !judged.decided.as_ref().is_ok_and(|decided| decided.allowed))
    }
}

/// `GET /console/access/who`: users first, then roles.
pub async fn show(visit: &Visit) -> Outcome {
    let mut asked = Asked::read(visit.query());
    if asked.on.is_empty() {
        asked.on = "*".to_owned();
    }
    let mut page = WhoPage { frame: visit.frame("Who can do this?"), asked, judged: None, refused: None, next: None };
    if page.asked.what.is_empty() {
        return Ok(Reply::page(&page));
    }
    let roles = visit.query().has("roles");
    let (operation, list) = if roles { ("ListRoles", "Roles") } else { ("ListUsers", "Users") };
    let input = json!({"MaxItems": JUDGED, "Marker": visit.query().given("after")});
    let listed = match visit.call(Service::Iam, operation, input).await {
        Ok(listed) => listed,
        Err(error) => {
            page.refused = Some(error.message);
            return Ok(Reply::page(&page));
        }
    };
    let mut judged = Vec::new();
    for arn in listed.list(list).iter().filter_map(|item| item.at("Arn").as_str()) {
        // Others of this worker's calls go on in between.
        tokio::task::yield_now().await;
        let decided = match visit.ask(page.asked.question(arn)).await {
            Ok(answer) => Ok(Decided::read(&answer)),
            Err(failure) => Err(Shown::told(failure)?),
        };
        judged.push(Judged { arn: arn.to_owned(), decided, explained: address(&page.asked, arn) });
    }
    page.judged = Some(judged);
    let here = format!(
        "/console/access/who?what={}&on={}&context={}",
        segment(&page.asked.what),
        segment(&page.asked.on),
        segment(&page.asked.context)
    );
    page.next = match (listed.at("Marker").as_str(), roles) {
        (Some(marker), true) => Some(format!("{here}&roles=1&after={}", segment(marker))),
        (Some(marker), false) => Some(format!("{here}&after={}", segment(marker))),
        (None, false) => Some(format!("{here}&roles=1")),
        (None, true) => None,
    };
    Ok(Reply::page(&page))
}

/// Where a question about somebody is answered at length.
pub(super) fn address(asked: &Asked, who: &str) -> String {
    let Asked { what, on, context, .. } = asked;
    format!("/console/access?who={}&what={}&on={}&context={}", segment(who), segment(what), segment(on), segment(context))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn those_who_can_are_told_from_those_who_cannot() {
        let app = TestApp::new().await;
        app.user_with(json!([{"Effect": "Allow", "Action": "notes:Read", "Resource": "*"}])).await;
        app.admin().call("iam:CreateUser", json!({"UserName": "bob"})).await.ok();
        let page = app.console().await.open("/access/who?what=notes:Read&on=arn:aws:notes:::note/1").await.text;
        let (can, cannot) = page.split_once("id=\"others\"").unwrap();
        assert!(can.contains(":user/ann") && !can.contains(":user/bob") && cannot.contains(":user/bob"), "{page}");
    }
}
