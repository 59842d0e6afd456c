//! The condition keys that a question brings along: `context`, a map of keys to a value or a list of values.

use serde_json::{Map, Value};

use crate::policy::{ContextMap, Principal};

/// The interface models' bounds on action names and ARNs, in bytes.
const MAX_ACTION: usize = 128;
const MAX_RESOURCE: usize = 2048;

/// The values of a question together, in bytes: what a pattern is held against stays short.
const MAX_CONTEXT: usize = 65_536;

/// Refuses what is longer than the interface models allow.
///
/// # Errors
/// In words.
pub fn check_lengths(action: &str, resource: &str) -> Result<(), String> {
    if action.len() > MAX_ACTION {
        return Err(format!("the action is longer than {MAX_ACTION} bytes"));
    }
    if resource.len() > MAX_RESOURCE {
        return Err(format!("the resource is longer than {MAX_RESOURCE} bytes"));
    }
    Ok(())
}

/// Adds the keys of a question.
///
/// # Errors
/// In words, for a key that stands twice in other capitals, and for a value that is none.
pub fn add(keys: &mut ContextMap, context: &Map<String, Value>) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    let mut length = 0;
    for (key, value) in context {
        // Key names ignore case: which of two would hold is nobody's guess.
        if !seen.insert(key.to_ascii_lowercase()) {
            return Err(format!("context.`{key}` stands twice"));
        }
        length += key.len() + size(value);
        if length > MAX_CONTEXT {
            return Err(format!("context is longer than {MAX_CONTEXT} bytes"));
        }
        match value {
            Value::Array(items) => {
                let values = items.iter().map(|item| text(key, item)).collect::<Result<Vec<_>, _>>()?;
                keys.insert_list(key, values);
            }
            single => keys.insert(key, text(key, single)?),
        }
    }
    Ok(())
}

/// Adds what a principal's ARN and a resource's account tell, where the keys are not there yet.
///
/// Source: IAM user guide, "AWS global condition context keys". A session's aws:PrincipalArn is its role's ARN; where that is
/// not known, the one that the session's ARN tells, which leaves the role's path out.
pub fn derive(keys: &mut ContextMap, principal: &Principal, resource_account: &str) {
    let (arn, kind, username) = match principal {
        Principal::Anonymous => (None, Some("Anonymous"), None),
        Principal::Root { .. } => (Some(principal.to_string()), Some("Account"), None),
        Principal::User { arn, .. } => (Some(arn.clone()), Some("User"), arn.rsplit('/').next()),
        Principal::Role { arn, .. } => (Some(arn.clone()), Some("AssumedRole"), None),
        Principal::AssumedRole { session_arn, role_arn, .. } => {
            (role_arn.clone().or_else(|| role_of_session(session_arn)), Some("AssumedRole"), None)
        }
        Principal::FederatedUser { arn, .. } => (Some(arn.clone()), Some("FederatedUser"), None),
        Principal::Service(_) | Principal::Federated(_) => (None, None, None),
    };
    let told = [
        ("aws:PrincipalArn", arn.as_deref()),
        ("aws:PrincipalAccount", principal.account()),
        ("aws:PrincipalType", kind),
        ("aws:username", username),
        ("aws:ResourceAccount", Some(resource_account)),
    ];
    for (key, value) in told {
        if let Some(value) = value
            && !keys.contains(key)
        {
            keys.insert(key, value);
        }
    }
}

/// `arn:aws:sts::…:assumed-role/app/session` is a session of `arn:aws:iam::…:role/app`.
fn role_of_session(session_arn: &str) -> Option<String> {
    let mut parts = session_arn.splitn(6, ':');
    let (partition, account, resource) = (parts.nth(1)?, parts.nth(2)?, parts.next()?);
    let name = resource.strip_prefix("assumed-role/")?.split('/').next()?;
    Some(format!("arn:{partition}:iam::{account}:role/{name}"))
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => 8,
    }
}

fn text(key: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(format!("context.`{key}` is not a value or a list of values")),
    }
}
