//! Events: what signed calls did or were refused, and decisions that were denied; searchable, and live.

use askama::Template;
use serde_json::Value;

use super::{Frame, Moment, Outcome, Reply, Shown, Visit, segment};
use crate::insight::events::Wanted;
use crate::kit::json::Members as _;

/// An event, as the page shows it.
struct Line {
    when: Option<Moment>,
    principal: String,
    action: String,
    outcome: String,
    badge: &'static str,
    resource: String,
    reason: String,
    source_ip: String,
    asked_by: String,
}

#[derive(Template)]
#[template(path = "console/events.html")]
struct EventsPage {
    frame: Frame,
    wanted: Wanted,
    live: bool,
    events: Vec<Line>,
    days: u64,
    refused: Option<String>,
    first: Option<String>,
    next: Option<String>,
    /// The page's address, without its place in the list.
    here: String,
}

impl EventsPage {
    fn is_filtered(&self) -> bool {
        filters(&self.wanted).into_iter().any(|(_, value)| value.is_some())
    }

    /// What stands in a field of the search.
    fn typed<'a>(&self, value: &'a Option<String>) -> &'a str {
        value.as_deref().unwrap_or_default()
    }
}

/// `GET /console/events`
pub async fn show(visit: &Visit) -> Outcome {
    let given = |name: &str| visit.query().given(name);
    let wanted = Wanted {
        principal: given("principal"),
        action: given("action"),
        outcome: given("outcome"),
        contains: given("contains"),
        from: given("from"),
        to: given("to"),
        before: given("before"),
    };
    let here = address(&wanted);
    let live = visit.query().has("live") && wanted.before.is_none();
    let mut page = EventsPage {
        frame: visit.frame("Events"),
        first: wanted.before.as_ref().map(|_| here.clone()),
        wanted,
        live,
        events: Vec::new(),
        days: visit.app().events_kept.as_secs() / 86_400,
        refused: None,
        next: None,
        here,
    };
    match visit.events(&page.wanted).await {
        Ok(answer) => {
            let events = answer.at("Events").as_array().cloned().unwrap_or_default();
            page.events = events.iter().map(|event| shown(event, visit)).collect();
            page.next = answer.at("Next").as_str().map(|next| format!("{}before={}", page.here, segment(next)));
        }
        Err(failure) => page.refused = Some(Shown::told(failure)?),
    }
    Ok(Reply::page(&page))
}

/// What is asked for, but for the place in the list.
fn filters(wanted: &Wanted) -> [(&'static str, &Option<String>); 6] {
    let Wanted { principal, action, outcome, contains, from, to, before: _ } = wanted;
    [("principal", principal), ("action", action), ("outcome", outcome), ("contains", contains), ("from", from), ("to", to)]
}

fn address(wanted: &Wanted) -> String {
    let mut address = "/console/events?".to_owned();
    for (name, value) in filters(wanted) {
        if let Some(value) = value {
            address += &format!("{name}={}&", segment(value));
        }
    }
    address
}

fn shown(event: &Value, visit: &Visit) -> Line {
    let text = |name: &str| event.at(name).as_str().unwrap_or_default().to_owned();
    let outcome = text("Outcome");
    let badge = match outcome.as_str() {
        "done" => "ok",
        "allowed" => "",
        "denied" | "failed" => "danger",
        _ => "warn",
    };
    Line {
        when: Moment::read(event.at("Time"), visit.now()),
        principal: text("Principal"),
        action: text("Action"),
        outcome,
        badge,
        resource: text("Resource"),
        reason: text("Reason"),
        source_ip: text("SourceIp"),
        asked_by: text("AskedBy"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_happened_is_listed_filtered_and_escaped() {
        let app = TestApp::new().await;
        app.admin().call("CreateUserPool", json!({"PoolName": "<script>alert(1)</script>"})).await;
        app.admin().call("CreateUserPool", json!({"PoolName": "notes"})).await.ok();
        app.admin().call("iam:CreateUser", json!({"UserName": "bob"})).await.ok();
        let browser = app.console().await;
        app.write_journal().await;
        let all = browser.open("/events").await.text;
        assert!(all.contains("cognito-idp:CreateUserPool") && all.contains("notes") && all.contains("iam:CreateUser"), "{all}");
        assert!(!all.contains("<script>alert"));
        let filtered = browser.open("/events?action=iam:CreateUser&outcome=done").await.text;
        assert!(!filtered.contains(">cognito-idp:CreateUserPool") && filtered.contains("bob"), "{filtered}");
        let signed_in = browser.open("/events?action=passwright:ConsoleSignIn").await.text;
        assert!(signed_in.contains(":root</code>"), "{signed_in}");
        let found = browser.open("/events?contains=BOB").await.text;
        assert!(found.contains("bob") && !found.contains(">cognito-idp:CreateUserPool"), "{found}");
        let filtered = browser.open("/events?from=2027-01-16").await.text;
        assert!(filtered.contains("No event of that kind"), "{filtered}");
        let nothing = browser.open("/events?outcome=denied").await.text;
        assert!(nothing.contains("No event"), "{nothing}");
    }

    #[actix_web::test]
    async fn who_may_not_see_events_is_told_why() {
        let app = TestApp::new().await;
        let page = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await.open("/events").await;
        assert!(page.status == 200 && page.text.contains("passwright:ListEvents"), "{}", page.text);
    }
}
