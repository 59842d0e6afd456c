//! IAM Access Analyzer.

use serde_json::Value;

use super::Judged;
use super::operation::Operation;
use crate::context::Context;

mod errors;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    Vec::new()
}

/// ValidatePolicy has no resource type (service authorization reference, "IAM Access Analyzer").
pub fn resource(_: &Context, _: &Value) -> Judged {
    Judged::On("*".to_owned())
}
