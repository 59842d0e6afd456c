//! Passing a role to a service: whoever gives a role away must be allowed to.

use super::{Ask, Fault};
use crate::context::Context;
use crate::iam::arn;
use crate::iam::entity::Role;
use crate::store;

/// A role that a call would give to a service.
pub struct PassedRole {
    /// What giving it asks.
    pub ask: Ask,
    /// The role; absent where there is none of that ARN.
    pub role: Option<Role>,
}

/// Finds a role that a call would give to a service, and says what that asks.
///
/// SECURITY: whoever gives a role away must be allowed to pass it, or the right to configure whatever takes roles would be the
/// right to become any of them. It is the role as found that is judged, and that is to be stored.
///
/// # Errors
/// [`Fault::AccessDenied`] for another account's role: there or not, it is refused alike. Our own failures.
pub async fn pass_role(cx: &Context, role_arn: &str, service: &str) -> Result<PassedRole, Fault> {
    let named = arn::parse_role(role_arn);
    let role = match named {
        Some(named) if cx.account_id != named.account_id => {
            return Err(Fault::AccessDenied("Cross-account pass role is not allowed.".to_owned()));
        }
        Some(named) => cx.read(async |tx| store::iam::find_role_named(tx, named).await).await?,
        None => None,
    };
    let ask = match &role {
        Some(role) => Ask::on(role.arn()).resource_tags(&role.tags),
        // What is not there is judged where it would be: whether it is, is for those to know who may pass it.
        None => Ask::on(if named.is_some() { role_arn } else { "*" }),
    };
    Ok(PassedRole { ask: ask.action("iam:PassRole").key("iam:PassedToService", service), role })
}
