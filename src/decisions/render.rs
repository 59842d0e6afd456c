//! How answers write a decision: the statements that decided, and what failed of those that nearly did.

use serde_json::{Map, Value, json};

use crate::policy::{FailedStatement, MatchedStatement, PolicySource, Position};

/// The statements that decided, by policy and place in it: the contract of `/access/v1/evaluation`.
pub fn statements_in_brief(statements: &[MatchedStatement]) -> Vec<Value> {
    statements.iter().map(|matched| Value::Object(brief(matched))).collect()
}

/// The statements that decided, with the kind of their policy and where their text begins and ends in it.
pub fn statements(statements: &[MatchedStatement]) -> Vec<Value> {
    statements.iter().map(statement).collect()
}

/// What failed.
pub fn failures(failed: &[FailedStatement]) -> Vec<Value> {
    failed.iter().map(failure).collect()
}

/// The kind of a policy, by the names that `POST /v1/simulate` gives its policies.
pub const fn source(source: PolicySource) -> &'static str {
    match source {
        PolicySource::Identity => "identity",
        PolicySource::Resource => "resource",
        PolicySource::PermissionsBoundary => "permissions_boundary",
        PolicySource::Session => "session",
        PolicySource::ServiceControl => "service_control",
        PolicySource::ResourceControl => "resource_control",
        PolicySource::VpcEndpoint => "vpc_endpoint",
    }
}

fn brief(matched: &MatchedStatement) -> Map<String, Value> {
    let members = [
        ("policy", json!(matched.policy)),
        ("sid", json!(matched.sid)),
        ("index", json!(matched.index)),
        ("effect", json!(matched.effect.as_str())),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn statement(matched: &MatchedStatement) -> Value {
    let mut members = brief(matched);
    members.insert("source".to_owned(), json!(source(matched.source)));
    members.insert("start".to_owned(), position(matched.start));
    members.insert("end".to_owned(), position(matched.end));
    Value::Object(members)
}

fn failure(failed: &FailedStatement) -> Value {
    json!({
        "policy": failed.policy, "sid": failed.sid, "index": failed.index, "effect": failed.effect.as_str(),
        "source": source(failed.source), "element": failed.element, "operator": failed.operator, "key": failed.key,
        "expected": failed.expected, "actual": failed.actual,
    })
}

fn position(position: Position) -> Value {
    json!({"line": position.line, "column": position.column})
}
