//! Decisions as events: what somebody wanted to do and may not, at whatever door an application asked; and what they may, where the
//! settings want that noted too.

use serde_json::Value;

use crate::audit::{Details, Event, Outcome};
use crate::config::DecisionEvents;
use crate::context::App;
use crate::crypto::ids;
use crate::iam::caller::Caller;
use crate::kit::cut::cut;
use crate::kit::id::AccountId;
use crate::kit::json::Members as _;

/// How much is kept of a name that was sent, in characters.
const NAME: usize = 256;

/// Notes an answer to a question that was asked on somebody's behalf; it is an event of the asker's account.
pub fn note(app: &App, asker: &Caller, answer: &Value, action: String, resource: String) {
    let (is_allowed, context) = (answer.at("decision") == true, answer.at("context"));
    let text = |name: &str| context.at(name).as_str().unwrap_or_default().to_owned();
    let reason = match context.at("error").as_str() {
        _ if is_allowed => None,
        Some(error) => Some(format!("{}: {error}", text("reason"))),
        None => Some(text("reason")),
    };
    let account_id = asker.account_id().unwrap_or(&app.first_account_id);
    let details = Details { reason, asked_by: Some(asker.principal().to_string()), ..Details::default() };
    note_of(app, account_id, text("principal"), (action, resource), details);
}

/// Notes a decision on an action and a resource: a denial has a reason.
///
/// SECURITY: that somebody may do a thing is not that they did it, and the event says which.
pub fn note_of(app: &App, account_id: &AccountId, principal: String, (action, resource): (String, String), details: Details) {
    let outcome = if details.reason.is_some() { Outcome::Denied } else { Outcome::Allowed };
    if outcome == Outcome::Allowed && app.decision_events == DecisionEvents::Denied {
        return;
    }
    app.journal.note(Event {
        at: app.now(),
        account_id: account_id.clone(),
        request_id: ids::uuid(&mut app.rng()),
        principal: cut(&principal, NAME),
        action: cut(&action, NAME),
        outcome,
        details: Details { resource: Some(cut(&resource, NAME)), ..details },
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::http::Method;
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn denials_are_events_and_what_was_allowed_is_one_where_it_is_wanted() {
        for (wanted, expected) in [
            (DecisionEvents::Denied, vec![("notes:Write", "denied")]),
            (DecisionEvents::All, vec![("notes:Write", "denied"), ("notes:Read", "allowed")]),
        ] {
            let mut app = TestApp::new().await;
            Arc::get_mut(&mut app.app).unwrap().decision_events = wanted;
            app.user_with(json!([{"Effect": "Allow", "Action": "notes:Read", "Resource": "*"}])).await;
            let ann = format!("arn:aws:iam::{ACCOUNT}:user/ann");
            for action in ["notes:Read", "notes:Write"] {
                let question = json!({"subject": {"type": "principal", "id": ann}, "action": {"name": action},
                                      "resource": {"type": "arn", "id": "arn:aws:notes:::note/1"}});
                let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
                let body = question.to_string().into_bytes();
                app.admin().send("passwright", Method::POST, "/access/v1/evaluation", headers, body).await.ok();
            }
            app.write_journal().await;
            let path = format!("/v1/events?principal={ann}");
            let answer = app.admin().send("passwright", Method::GET, &path, Vec::new(), Vec::new()).await.ok();
            let noted: Vec<(&str, &str)> = answer["Events"]
                .as_array()
                .unwrap()
                .iter()
                .inspect(|event| assert_eq!(event["AskedBy"], format!("arn:aws:iam::{ACCOUNT}:root")))
                .map(|event| (event["Action"].as_str().unwrap(), event["Outcome"].as_str().unwrap()))
                .collect();
            assert_eq!(noted, expected, "{wanted:?}");
        }
    }
}
