//! IAM Access Analyzer.

use serde_json::Value;

use super::Judged;
use super::operation::{Operation, operation};
use crate::context::Context;

mod errors;
mod validate_policy;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![operation("ValidatePolicy", validate_policy::handle)]
}

/// ValidatePolicy has no resource type (service authorization reference, "IAM Access Analyzer").
pub fn resource(_: &Context, _: &Value) -> Judged {
    Judged::On("*".to_owned())
}
