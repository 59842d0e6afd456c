//! Denied decisions are events: what somebody wanted to do and may not, at whatever door an application asked.

use serde_json::Value;

use crate::audit::{Details, Event, Outcome};
use crate::context::App;
use crate::crypto::ids;
use crate::iam::caller::Caller;
use crate::kit::cut::cut;
use crate::kit::id::AccountId;
use crate::kit::json::Members as _;

/// How much is kept of a name that was sent, in characters.
const NAME: usize = 256;

/// Notes a denial that was asked for on somebody's behalf; it is an event of the asker's account.
pub fn note(app: &App, asker: &Caller, answer: &Value, action: String, resource: String) {
    let text = |name: &str| answer.at(name).as_str().unwrap_or_default().to_owned();
    let reason = match answer.at("error").as_str() {
        Some(error) => format!("{}: {error}", text("reason")),
        None => text("reason"),
    };
    let account_id = asker.account_id().unwrap_or(&app.first_account_id);
    note_of(app, account_id, text("principal"), action, resource, reason);
}

/// Notes a denial.
pub fn note_of(app: &App, account_id: &AccountId, principal: String, action: String, resource: String, reason: String) {
    app.journal.note(Event {
        at: app.now(),
        account_id: account_id.clone(),
        request_id: ids::uuid(&mut app.rng()),
        principal: cut(&principal, NAME),
        action: cut(&action, NAME),
        outcome: Outcome::Denied,
        details: Details { resource: Some(cut(&resource, NAME)), reason: Some(reason), ..Details::default() },
    });
}
