//! AWS Security Token Service.

use super::operation::{Operation, operation};

mod assume_role;
mod errors;
mod get_caller_identity;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![operation("AssumeRole", assume_role::handle), operation("GetCallerIdentity", get_caller_identity::handle)]
}
