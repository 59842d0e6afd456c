//! AWS Security Token Service.

use crate::context::Context;
use crate::iam::caller::Caller;
use crate::operation::{Fault, Operation, Resolved, public, signed, unjudged};

mod assume_role;
mod assume_role_with_web_identity;
mod decode_authorization_message;
mod errors;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod mfa;
mod session_policies;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("AssumeRole", assume_role::handle),
        public("AssumeRoleWithWebIdentity", "a token of a provider that the role trusts", assume_role_with_web_identity::handle),
        signed("DecodeAuthorizationMessage", decode_authorization_message::handle),
        signed("GetAccessKeyInfo", get_access_key_info::handle),
        unjudged("GetCallerIdentity", "no permission is needed, and no Deny takes it away (API reference)", get_caller_identity::handle),
        signed("GetFederationToken", get_federation_token::handle),
        unjudged("GetSessionToken", "no permission is needed: it is called to show a code (API reference)", get_session_token::handle),
    ]
}

/// What has no resource, for whoever is not [shut out](no_federated_user).
fn everything(cx: &Context) -> Result<Resolved<()>, Fault> {
    no_federated_user(cx).map(|()| Resolved::everything())
}

/// Whom a user vouches for may ask who they are, and nothing else (API reference, GetFederationToken).
fn no_federated_user(cx: &Context) -> Result<(), Fault> {
    match cx.caller {
        Caller::Federated { .. } => {
            Err(Fault::AccessDenied("Cannot call this operation with the credentials of a federated user".to_owned()))
        }
        _ => Ok(()),
    }
}
