//! GetCredentialsForIdentity: the enhanced flow. Temporary credentials of the pool's role, if that role trusts the pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_id::guests_refused;
use super::logins::{self, Login};
use crate::authz;
use crate::context::Context;
use crate::flows::credentials::IdentityCredentialsAnswer;
use crate::iam::arn;
use crate::iam::caller::{Caller, RoleSession};
use crate::iam::entity::Role;
use crate::identitypools::pool::IdentityPool;
use crate::policy::Verdict;
use crate::store::identity_pools::{self, Identity};
use crate::store::{self, Conn};
use crate::tokens::session;

const PROVIDER: &str = "cognito-identity.amazonaws.com";

/// Enhanced credentials live for an hour.
const LIFETIME_SECONDS: i64 = 3600;

/// What guests' credentials are held to, whatever the role allows: nothing of this deployment's own administration.
/// AWS holds guests to a list of its services likewise (developer guide, "IAM roles", "Access policies").
const GUEST_SCOPE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
    "NotAction": ["iam:*", "sts:*", "cognito-idp:*", "cognito-identity:*", "kms:*", "secretsmanager:*", "passwright:*"]}]}"#;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_id: String,
    #[serde(default)]
    logins: BTreeMap<String, String>,
    custom_role_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_id: String,
    credentials: IdentityCredentialsAnswer,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let not_found = || Error::ResourceNotFound(format!("Identity '{}' not found.", request.identity_id));
    let identity = cx.read(async |tx| identity_pools::find_identity(tx, &request.identity_id).await).await?.ok_or_else(not_found)?;
    let pool = cx.read(async |tx| identity_pools::find(tx, &identity.identity_pool_id).await).await?.ok_or_else(not_found)?;
    if request.custom_role_arn.is_some() {
        // Only a role of the token's `cognito:roles` may be chosen, and no token of ours carries any yet.
        return Err(Error::NotAuthorized("CustomRoleArn is not one of the token's cognito:roles.".to_owned()));
    }
    let logins = logins::verify(cx, &pool, &request.logins).await?;
    if logins.is_empty() {
        admit_guest(&pool, &identity)?;
    } else {
        cx.write(async |tx| link(cx, tx, &identity, &logins).await).await?;
    }
    let kind = if logins.is_empty() { "unauthenticated" } else { "authenticated" };
    let role_arn = pool.roles.get(kind).ok_or(Error::InvalidIdentityPoolConfiguration)?;
    let (account_id, path, name) = arn::parse_role(role_arn).ok_or(Error::InvalidIdentityPoolConfiguration)?;
    let role = cx.read(async |tx| store::iam::find_role(tx, account_id, name).await).await?;
    let role = role.filter(|role| role.path == path).ok_or(Error::InvalidIdentityPoolConfiguration)?;

    let now = cx.now();
    let session = RoleSession {
        federated_keys: federated_keys(&pool, &identity, &logins),
        policies: logins.is_empty().then(|| vec![GUEST_SCOPE.to_owned()]),
        account_id: role.account_id.clone(),
        role_name: role.name.clone(),
        role_path: role.path.clone(),
        role_id: role.id.clone(),
        session_name: "CognitoIdentityCredentials".to_owned(),
        issued_at: now.millis(),
        expires_at: now.millis() + LIFETIME_SECONDS * 1000,
    };
    check_trust(cx, &role, &session)?;
    let credentials = session::issue(cx, session).ok_or_else(|| Error::Internal("session could not be sealed".into()))?;
    Ok(Response { identity_id: identity.identity_id, credentials: credentials.into() })
}

/// A guest is who comes without logins to an identity that never had one.
fn admit_guest(pool: &IdentityPool, identity: &Identity) -> Result<(), Error> {
    if !pool.configuration.allow_unauthenticated_identities {
        return Err(guests_refused());
    }
    if identity.authenticated != 0 {
        return Err(Error::NotAuthorized(format!("Access to Identity '{}' is forbidden.", identity.identity_id)));
    }
    Ok(())
}

/// SECURITY: at least one login must be the identity's own. Only a guest's identity takes its first login from whoever
/// brings one, and a login that has an identity never gets another.
async fn link(cx: &Context, tx: &mut Conn, identity: &Identity, logins: &[Login]) -> Result<(), Error> {
    let mut unowned = Vec::new();
    for login in logins {
        match identity_pools::login_owner(tx, &identity.identity_pool_id, &login.provider, &login.subject).await? {
            Some(owner) if owner == identity.identity_id => {}
            Some(_) => return Err(Error::ResourceConflict("Login already exists for another identity.".to_owned())),
            None => unowned.push(login),
        }
    }
    if unowned.len() == logins.len() && identity.authenticated != 0 {
        let message = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
        return Err(Error::NotAuthorized(message.to_owned()));
    }
    for login in &unowned {
        identity_pools::insert_login(tx, identity, &login.provider, &login.subject).await?;
    }
    if !unowned.is_empty() {
        identity_pools::set_authenticated(tx, identity, cx.now()).await?;
    }
    Ok(())
}

/// What the role's trust policy, and later its policies, may ask of the identity.
fn federated_keys(pool: &IdentityPool, identity: &Identity, logins: &[Login]) -> Vec<(String, Vec<String>)> {
    let mut amr = vec![if logins.is_empty() { "unauthenticated" } else { "authenticated" }.to_owned()];
    for login in logins {
        amr.push(login.provider.clone());
        amr.push(format!("{}:CognitoSignIn:{}", login.provider, login.subject));
    }
    vec![
        (format!("{PROVIDER}:aud"), vec![pool.id.clone()]),
        (format!("{PROVIDER}:amr"), amr),
        (format!("{PROVIDER}:sub"), vec![identity.identity_id.clone()]),
    ]
}

fn check_trust(cx: &Context, role: &Role, session: &RoleSession) -> Result<(), Error> {
    let mut keys = authz::request_keys(&Caller::Session(session.clone()), cx.now(), &cx.region);
    cx.origin.add_keys(&mut keys);
    match authz::decide_federated_assumption(PROVIDER, "sts:AssumeRoleWithWebIdentity", role, &keys)?.verdict {
        Verdict::Allowed => Ok(()),
        Verdict::ExplicitDeny | Verdict::ImplicitDeny => Err(Error::InvalidIdentityPoolConfiguration),
    }
}
