//! What a denial rests on, sealed: whoever was denied carries it to somebody who may open it.
//!
//! Source: STS API reference, DecodeAuthorizationMessage, and what its answers look like in the IAM user guide.

use serde_json::{Value, json};

use crate::context::App;
use crate::crypto::sealed::Sealed;
use crate::iam::caller::Caller;
use crate::kit::id::AccountId;
use crate::policy::{ContextMap, Decision, Verdict};

/// No message that is opened is longer, and none is made (API reference, EncodedMessage).
const LONGEST: usize = 10_240;

/// SECURITY: messages are of one length, so that it tells nothing of what was looked at, as how many tags a resource has. What was known
/// of a request is left out where it is more.
const LENGTH: usize = 3072;

/// What was asked and denied.
#[derive(Clone, Copy)]
pub struct Denied<'a> {
    /// The action.
    pub action: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// What was known of the request.
    pub keys: &'a ContextMap,
    /// The answer.
    pub decision: &'a Decision,
}

/// What a denial rests on, for the caller's account to open; `None` where it is too much to travel.
#[must_use]
pub fn sealed(app: &App, caller: &Caller, denied: &Denied<'_>) -> Option<String> {
    let account_id = caller.account_id()?;
    let told = |keys: Vec<Value>| Some(told(caller, denied, keys).to_string()).filter(|text| text.len() <= LENGTH);
    let text = told(items(denied.keys)).or_else(|| told(Vec::new()))?;
    // Blanks after a JSON text are none of it. It is bytes that are sealed, and that have to be as many.
    let padded = format!("{text}{}", " ".repeat(LENGTH.saturating_sub(text.len())));
    let sealed = app.keys.travelling.seal(&place(account_id), &padded, &mut app.rng()).ok()?;
    Some(sealed.to_text()).filter(|text| text.len() <= LONGEST)
}

/// What such a message says; `None` for one that we did not make, or made for another account.
#[must_use]
pub fn opened(app: &App, account_id: &AccountId, text: &str) -> Option<String> {
    let sealed = (text.len() <= LONGEST).then(|| Sealed::from_text(text)).flatten()?;
    let text: String = app.keys.travelling.open(&place(account_id), &sealed).ok()?;
    Some(text.trim_end().to_owned())
}

/// INVARIANT: nothing else that travels is sealed for this place.
fn place(account_id: &AccountId) -> [&str; 2] {
    ["authorization message", account_id.as_str()]
}

fn told(caller: &Caller, denied: &Denied<'_>, conditions: Vec<Value>) -> Value {
    let Denied { action, resource, decision, .. } = denied;
    let statements = decision.statements.iter().map(|statement| {
        let id = statement.sid.clone().unwrap_or_default();
        json!({"statementId": id, "effect": "DENY", "policy": statement.policy, "index": statement.index})
    });
    json!({
        "allowed": false,
        "explicitDeny": decision.verdict == Verdict::ExplicitDeny,
        "matchedStatements": {"items": statements.collect::<Vec<_>>()},
        "failures": {"items": []},
        "context": {
            "principal": {"id": caller.user_id(), "arn": caller.principal().to_string()},
            "action": action,
            "resource": resource,
            "conditions": {"items": conditions},
        },
    })
}

fn items(keys: &ContextMap) -> Vec<Value> {
    let one = |(key, values): (&str, Vec<&str>)| {
        let values: Vec<Value> = values.into_iter().map(|value| json!({"value": value})).collect();
        json!({"key": key, "values": {"items": values}})
    };
    keys.in_order().into_iter().map(one).collect()
}
