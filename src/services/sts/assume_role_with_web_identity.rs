//! AssumeRoleWithWebIdentity: temporary credentials of a role that trusts who vouches for the caller.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::assume_role::{AssumedRoleUser, CredentialsAnswer};
use super::errors::Error;
use super::session_policies::{PolicyDescriptor, SessionPolicies};
use crate::authz::{self, Vouching};
use crate::context::Context;
use crate::flows::vouched::{self, Vouched};
use crate::flows::web_identity::{GUEST_DENIED, GUEST_SCOPE};
use crate::iam::arn;
use crate::iam::caller::RoleSession;
use crate::iam::entity::Role;
use crate::operation::unsupported;
use crate::store::{self, StoreError};
use crate::tokens::session::{self, Held};

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// Where nothing is asked for (API reference, DurationSeconds).
const DEFAULT_SECONDS: i64 = 3600;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_arn: String,
    role_session_name: String,
    web_identity_token: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credentials: CredentialsAnswer,
    subject_from_web_identity_token: String,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<usize>,
    provider: String,
    audience: String,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    let denied = || Error::AccessDenied(format!("Not authorized to perform {ACTION}"));
    // SECURITY: whether there is such a role is told to whom it trusts: the token is judged by the account alone before.
    let named = arn::parse_role(&request.role_arn).ok_or_else(denied)?;
    let vouched = vouched::by_token(cx, &named.account_id.into(), &request.web_identity_token).await?;
    let role = cx.read(async |tx| store::iam::find_role_by_arn(tx, &request.role_arn).await).await?.ok_or_else(denied)?;
    let seconds = request.duration_seconds.unwrap_or(DEFAULT_SECONDS);
    let now = cx.now();
    let mut session = RoleSession {
        account_id: role.account_id.clone(),
        role_name: role.name.clone(),
        role_path: role.path.clone(),
        role_id: role.id.clone(),
        session_name: request.role_session_name,
        policies: None,
        managed_policies: Vec::new(),
        federated_keys: vouched.keys.clone(),
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        mfa_at: None,
        issued_at: now.millis(),
        expires_at: now.millis() + seconds * 1000,
    };
    if !is_trusted(cx, &role, &session, &vouched)? {
        return Err(denied());
    }
    if seconds > role.max_session_seconds {
        let limit = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(Error::Validation(limit.to_owned()));
    }
    let policies = SessionPolicies::read(cx, &role.account_id, request.policy.as_ref(), &request.policy_arns).await?;
    session.policies = policies.inline;
    session.managed_policies = policies.managed;
    if vouched.is_guest {
        session.policies = Some(held_as_a_guest(session.policies));
    }
    session.tags = vouched.tags;
    session.transitive_tag_keys = vouched.transitive_tag_keys;
    let assumed_role_user = AssumedRoleUser::of(&session);
    let credentials = session::issue(&cx.keys.credentials, Held::Role(session), &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response {
        credentials: credentials.into(),
        subject_from_web_identity_token: vouched.subject,
        assumed_role_user,
        packed_policy_size: policies.packed_size,
        provider: vouched.issuer,
        audience: vouched.audience,
    })
}

fn is_trusted(cx: &Context, role: &Role, session: &RoleSession, vouched: &Vouched) -> Result<bool, StoreError> {
    let mut keys = authz::vouched_keys(session, cx.now(), &cx.region);
    cx.origin.add_keys(&mut keys);
    keys.insert("sts:RoleSessionName", session.session_name.clone());
    let vouching = Vouching {
        provider: &vouched.provider,
        pinned: vouched.pinned,
        action: ACTION,
        tags: &vouched.tags,
        transitive_tag_keys: &vouched.transitive_tag_keys,
    };
    authz::trusts_vouched_for(role, &vouching, &keys)
}

/// SECURITY: a guest is held to what guests may, by this way as by the other. What session policies allow adds up, so that beside one of
/// the caller's own only what is denied is said.
fn held_as_a_guest(policies: Option<Vec<String>>) -> Vec<String> {
    match policies {
        None => vec![GUEST_SCOPE.clone()],
        Some(mut own) => {
            own.push(GUEST_DENIED.clone());
            own
        }
    }
}

#[cfg(test)]
mod tests;
