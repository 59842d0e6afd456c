//! IAM Access Analyzer.

use crate::operation::{Operation, signed};

mod errors;
mod validate_policy;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![signed("ValidatePolicy", validate_policy::handle)]
}
