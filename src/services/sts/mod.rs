//! AWS Security Token Service.

use crate::operation::{Operation, signed, unjudged};

mod assume_role;
mod errors;
mod get_caller_identity;
mod get_session_token;
mod mfa;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("AssumeRole", assume_role::handle),
        unjudged("GetCallerIdentity", "no permission is needed, and no Deny takes it away (API reference)", get_caller_identity::handle),
        unjudged("GetSessionToken", "no permission is needed: it is called to show a code (API reference)", get_session_token::handle),
    ]
}
