//! How answers write a decision: the statements that decided, and what failed of those that nearly did.

use serde_json::{Value, json};

use crate::policy::{FailedStatement, MatchedStatement, PolicySource, Position};

/// The statements that decided.
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

fn statement(matched: &MatchedStatement) -> Value {
    json!({
        "policy": matched.policy, "sid": matched.sid, "index": matched.index, "effect": matched.effect.as_str(),
        "source": source(matched.source), "start": position(matched.start), "end": position(matched.end),
    })
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
