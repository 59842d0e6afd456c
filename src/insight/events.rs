//! `GET /v1/events`: what signed calls did or were refused, and decisions that were denied; the newest first.

use std::time::Duration;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use time::Date;
use time::macros::format_description;

use super::answer;
use crate::audit::began_before;
use crate::context::App;
use crate::decisions::door::{Asker, Failure};
use crate::kit::clock::Timestamp;
use crate::kit::json::Members as _;
use crate::kit::nul;
use crate::store::audit::{self, By, Listed};

/// So many to a page.
const PAGE: usize = 50;

/// So many are read for a page where several filters are given: one chooses what is read, and the others what is shown.
const READ: usize = 1_000;

const DAY: Duration = Duration::from_secs(86_400);

/// What sorts behind every id.
const NEWEST: &str = "~";

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The ARN of whoever did it.
    pub principal: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// `done`, `allowed`, `denied`, `refused` or `failed`.
    pub outcome: Option<String>,
    /// A text that stands in the action, the principal, the resource, the reason or the address; capital or small is one.
    pub contains: Option<String>,
    /// The first day, in UTC: `2026-01-31`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// The last page's `next`.
    pub before: Option<String>,
}

impl Wanted {
    /// The filter whose events are fewest, as a rule.
    fn by(&self) -> By<'_> {
        match (&self.principal, &self.action, &self.outcome) {
            (Some(principal), ..) => By::Principal(principal),
            (_, Some(action), _) => By::Action(action),
            (.., Some(outcome)) => By::Outcome(outcome),
            _ => By::Time,
        }
    }

    /// How many are to be read: what one filter finds is shown as it is, and one more tells whether there is a next page.
    fn read(&self) -> usize {
        let filters = [&self.principal, &self.action, &self.outcome].into_iter().flatten().count();
        if filters > 1 || self.contains.is_some() { READ } else { PAGE + 1 }
    }

    fn takes(&self, event: &Listed) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        is(&self.principal, &event.principal)
            && is(&self.action, &event.action)
            && is(&self.outcome, &event.outcome)
            && self.contains.as_ref().is_none_or(|text| has(event, text))
    }
}

/// Whether a text stands in one of an event's.
fn has(event: &Listed, text: &str) -> bool {
    let (text, details) = (text.to_lowercase(), &event.details);
    let optional = [&details.resource, &details.reason, &details.source_ip].into_iter().flatten();
    [&event.action, &event.principal].into_iter().chain(optional).any(|one| one.to_lowercase().contains(&text))
}

/// The moment at which a day begins, in UTC.
fn day(text: &str) -> Result<Timestamp, Failure> {
    let written = format_description!("[year]-[month]-[day]");
    let date = Date::parse(text, &written).map_err(|_| Failure::BadRequest("from and to are days: 2026-01-31".to_owned()))?;
    Ok(Timestamp::from_seconds(date.midnight().assume_utc().unix_timestamp()))
}

/// Answers a program.
pub async fn handle(app: Data<App>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    answer(&app, &request, async |asker: &Asker| list(&app, asker, &wanted).await).await
}

/// A page of the events of the asker's account. `Next` is there where there may be more.
///
/// # Errors
/// [`Failure`]: the asker needs `passwright:ListEvents`.
pub async fn list(app: &App, asker: &Asker, wanted: &Wanted) -> Result<Value, Failure> {
    asker.permit(app, "passwright:ListEvents", "*").await?;
    let texts = [&wanted.principal, &wanted.action, &wanted.outcome, &wanted.contains, &wanted.before];
    if texts.into_iter().flatten().any(|text| nul::in_text(text)) {
        return Err(Failure::BadRequest("a parameter has a NUL".to_owned()));
    }
    let Some(account_id) = asker.caller.account_id() else { return Err(Failure::Forbidden("nobody has events".to_owned())) };
    let from = wanted.from.as_deref().map(day).transpose()?;
    let end = wanted.to.as_deref().map(day).transpose()?.map(|day| began_before(day.plus(DAY)));
    // Ids sort by time: the day after the last one is a place in the list like that of a page.
    let before = [wanted.before.clone(), end].into_iter().flatten().min().unwrap_or_else(|| NEWEST.to_owned());
    let limit = wanted.read();
    let read = app.read(async |tx| audit::list(tx, account_id, wanted.by(), &before, limit.try_into().unwrap_or(i64::MAX)).await).await?;
    let is_over = from.is_some_and(|from| read.last().is_some_and(|event| event.at < from));
    let (more, last_read) = (read.len() == limit && !is_over, read.last().map(|event| event.id.clone()));
    let mut taken = read.into_iter().filter(|event| wanted.takes(event) && from.is_none_or(|from| event.at >= from));
    let page: Vec<Listed> = taken.by_ref().take(PAGE).collect();
    let next = if taken.next().is_some() { page.last().map(|event| event.id.clone()) } else { last_read.filter(|_| more) };
    let events: Vec<Value> = page.iter().map(shown).collect();
    let mut answer = json!({"Events": events});
    if let Some(next) = next {
        answer.put("Next", Value::from(next));
    }
    Ok(answer)
}

fn shown(event: &Listed) -> Value {
    let details = &event.details;
    json!({
        "Id": event.id, "Time": event.at.to_rfc3339(), "Principal": event.principal, "Action": event.action,
        "Outcome": event.outcome, "SourceIp": details.source_ip, "Region": details.region, "Resource": details.resource,
        "Reason": details.reason, "AskedBy": details.asked_by,
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp, TestCaller};

    async fn asked(app: &TestApp, caller: &TestCaller<'_>, query: &str) -> (u16, Value) {
        app.write_journal().await;
        let answer = caller.send("passwright", Method::GET, &format!("/v1/events{query}"), Vec::new(), Vec::new()).await;
        (answer.status, answer.body)
    }

    fn actions(answer: &Value) -> Vec<&str> {
        answer["Events"].as_array().unwrap().iter().map(|event| event["Action"].as_str().unwrap()).collect()
    }

    #[actix_web::test]
    async fn what_was_done_and_what_was_denied_is_told_to_those_who_may_know() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        assert_eq!(ann.call("CreateUserPool", json!({"PoolName": "p"})).await.code(), "AccessDeniedException");
        let (status, refused) = asked(&app, &ann, "").await;
        assert!(status == 403 && refused["message"].as_str().unwrap().contains("passwright:ListEvents"));
        assert_eq!(asked(&app, &app.anonymous(), "").await.0, 401);
        let (_, all) = asked(&app, &app.admin(), "").await;
        assert_eq!(actions(&all), ["cognito-idp:CreateUserPool", "iam:CreateAccessKey", "iam:PutUserPolicy", "iam:CreateUser"]);
        let denied = &all["Events"][0];
        assert_eq!(
            (denied["Outcome"].as_str(), denied["Principal"].as_str()),
            (Some("denied"), Some(format!("arn:aws:iam::{ACCOUNT}:user/ann").as_str()))
        );
        assert!(denied["Reason"].as_str().unwrap().contains("not authorized"));
        let (_, ours) =
            asked(&app, &app.admin(), &format!("?action=iam%3ACreateUser&principal=arn%3Aaws%3Aiam%3A%3A{ACCOUNT}%3Aroot")).await;
        assert_eq!(actions(&ours), ["iam:CreateUser"]);
        let (_, none) = asked(&app, &app.root_of("111111111111").await, "").await;
        assert!(actions(&none).is_empty(), "another account's events are its own");
    }

    #[actix_web::test]
    async fn pages_show_each_event_once_and_calls_that_only_read_are_not_kept() {
        let app = TestApp::new().await;
        for index in 0..PAGE + 5 {
            app.admin().call("iam:CreateUser", json!({"UserName": format!("user{index}")})).await.ok();
        }
        app.admin().call("iam:ListUsers", json!({})).await.ok();
        let (_, first) = asked(&app, &app.admin(), "").await;
        let (_, second) = asked(&app, &app.admin(), &format!("?before={}", first["Next"].as_str().unwrap())).await;
        assert_eq!((actions(&first).len(), actions(&second).len(), second.get("Next")), (PAGE, 5, None));
        assert!(!actions(&first).contains(&"iam:ListUsers"));
        let ids = |answer: &Value| answer["Events"].as_array().unwrap().iter().map(|event| event["Id"].clone()).collect::<Vec<_>>();
        assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)));
    }

    #[actix_web::test]
    async fn a_search_is_by_text_and_by_days() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        app.advance(DAY);
        app.admin().call("iam:CreateUser", json!({"UserName": "ben"})).await.ok();
        app.admin().call("CreateUserPool", json!({"PoolName": "ann-s"})).await.ok();
        let found = async |query: &str| {
            let (status, answer) = asked(&app, &app.admin(), query).await;
            assert_eq!(status, 200, "{query}: {answer}");
            let events = answer["Events"].as_array().unwrap().clone();
            events.iter().map(|event| event["Resource"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        // Tests begin on 2027-01-15.
        assert_eq!(found("?contains=ANN").await.len(), 2);
        assert_eq!(found("?contains=ann&action=iam:CreateUser").await, ["ann"]);
        assert_eq!(found("?to=2027-01-15").await, ["ann"]);
        assert_eq!(found("?from=2027-01-16").await.len(), 2);
        assert_eq!(found("?from=2027-01-15&to=2027-01-15&contains=ben").await.len(), 0);
        for bad in ["?from=yesterday", "?to=2027-02-30", "?contains=%00"] {
            assert_eq!(asked(&app, &app.admin(), bad).await.0, 400, "{bad}");
        }
    }
}
