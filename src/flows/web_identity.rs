//! From a login token to the role session that an identity pool gives for it: the enhanced flow, shared by whoever needs the
//! session itself (GetCredentialsForIdentity) and by whoever asks what it could do (decisions, forward-auth).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::json;

use super::bearer::Bearer;
use crate::authz;
use crate::context::App;
use crate::flows::pool_keys;
use crate::iam::caller::{Caller, RoleSession};
use crate::iam::entity::Role;
use crate::iam::origin::Origin;
use crate::iam::service_names::OWN_SERVICES;
use crate::identitypools::pool::{CognitoProvider, IdentityPool};
use crate::identitypools::provider;
use crate::kit::id::{AccountId, IdentityPoolId, UserId, UserPoolId};
use crate::store::identity_pools::{self, Identity};
use crate::store::{self, StoreError};
use crate::tokens::claims::IdClaims;
use crate::tokens::verify::{RawJwt, TokenRefused};

/// Identity pools, as trust policies name them.
pub const PROVIDER: &str = "cognito-identity.amazonaws.com";

/// Enhanced credentials live for an hour.
const LIFETIME_SECONDS: i64 = 3600;

/// What guests' credentials are held to, whatever the role allows: nothing of this deployment's own administration.
/// AWS holds guests to a list of its services likewise (developer guide, "IAM roles", "Access policies").
///
/// SECURITY: what a session policy leaves out, a resource's policy that names the session gives all the same (IAM user guide,
/// "Policy evaluation logic"); so what guests may never do is denied in words.
static GUEST_SCOPE: LazyLock<String> = LazyLock::new(|| {
    let own = OWN_SERVICES.map(|service| format!("{service}:*"));
    let statements = json!([
        {"Effect": "Allow", "Resource": "*", "NotAction": own},
        {"Effect": "Deny", "Resource": "*", "Action": own},
    ]);
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
});

/// The key that says which identity pool vouches: a role must be held to its pools by it.
pub const AUDIENCE: &str = "cognito-identity.amazonaws.com:aud";

const NOT_AN_ID_TOKEN: &str = "Invalid login token. Not a valid OpenId Connect identity token.";

/// Why a login gets no session.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    /// The token is refused, or the pool doesn't trust who gave it.
    #[error("{0}")]
    NotAuthorized(String),
    /// The pool's role is missing, or does not trust it.
    #[error("Invalid identity pool configuration. Check assigned IAM roles for this pool.")]
    Misconfigured,
    /// No identity pool of that id.
    #[error("IdentityPool '{0}' not found.")]
    NoSuchPool(IdentityPoolId),
    /// The login has no identity yet: GetId was never called with it.
    #[error("The login has no identity in this identity pool.")]
    NoIdentity,
    /// Our own failure.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error>),
}

impl LoginRefused {
    fn because(why: &str) -> Self {
        Self::NotAuthorized(why.to_owned())
    }
}

impl From<StoreError> for LoginRefused {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// A login that is verified.
#[derive(Debug)]
pub struct Login {
    /// The user pool's name, whatever key the login came under.
    pub provider: String,
    /// The user's `sub`.
    pub subject: UserId,
}

/// The session that an identity pool would give to whoever brings this one token. Nothing is written: a login that has no
/// identity yet is refused, for its `…:sub`, which policies are made of, would be another at every question.
///
/// `asker` is the account that asks: another's identity pool is not there.
///
/// `origin` is where the token's holder asks from, if that is known; without it the trust policy is judged by the token
/// alone, and one that wants an address or TLS refuses.
///
/// # Errors
/// [`LoginRefused`].
pub async fn session_of_token(
    app: &App,
    identity_pool_id: &IdentityPoolId,
    asker: Option<&AccountId>,
    token: &str,
    origin: Option<&Origin>,
) -> Result<RoleSession, LoginRefused> {
    let pool = app.read(async |tx| identity_pools::find(tx, identity_pool_id).await).await?;
    let pool = pool.filter(|pool| asker == Some(&pool.account_id)).ok_or_else(|| LoginRefused::NoSuchPool(identity_pool_id.to_owned()))?;
    let raw = RawJwt::parse(token).map_err(|_| LoginRefused::because(NOT_AN_ID_TOKEN))?;
    let issuer = raw.claimed_issuer();
    // A login's key is its issuer without the scheme.
    let key = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    let login = verify_one(app, &pool, key, token).await?;
    session_of_login(app, &pool, login, origin).await
}

/// As [`session_of_token`], for a user whose token, ID or access, has been verified already.
///
/// # Errors
/// [`LoginRefused`].
pub async fn session_of_user(
    app: &App,
    identity_pool_id: &IdentityPoolId,
    bearer: &Bearer,
    origin: Option<&Origin>,
) -> Result<RoleSession, LoginRefused> {
    let pool = app.read(async |tx| identity_pools::find(tx, identity_pool_id).await).await?;
    let pool = pool.ok_or_else(|| LoginRefused::NoSuchPool(identity_pool_id.to_owned()))?;
    let name = provider::canonical_name(&bearer.user_pool);
    // SECURITY: as for a login, the token must be for a client that the pool lists.
    let lists = |own: &CognitoProvider| own.provider_name == name && own.client_id == bearer.client_id;
    if !pool.configuration.cognito_identity_providers.iter().any(lists) {
        return Err(LoginRefused::because("Token is not from a supported provider of this identity pool."));
    }
    session_of_login(app, &pool, Login { provider: name, subject: bearer.subject.clone() }, origin).await
}

async fn session_of_login(app: &App, pool: &IdentityPool, login: Login, origin: Option<&Origin>) -> Result<RoleSession, LoginRefused> {
    let identity_id = app.read(async |tx| identity_pools::login_owner(tx, &pool.id, &login.provider, &login.subject).await).await?;
    let identity_id = identity_id.ok_or(LoginRefused::NoIdentity)?;
    let identity = Identity { identity_pool_id: pool.id.clone(), identity_id, authenticated: 1 };
    session(app, pool, &identity, &[login], origin).await
}

/// Verifies every login.
///
/// # Errors
/// [`LoginRefused`].
pub async fn verify(app: &App, pool: &IdentityPool, logins: &BTreeMap<String, String>) -> Result<Vec<Login>, LoginRefused> {
    let mut verified: Vec<Login> = Vec::new();
    for (key, token) in logins {
        let login = verify_one(app, pool, key, token).await?;
        if verified.iter().any(|other| other.provider == login.provider && other.subject != login.subject) {
            return Err(LoginRefused::because("Logins don't match. Please include at least one valid login."));
        }
        // A pool that is named twice, by both of its names, is one login.
        if !verified.iter().any(|other| other.provider == login.provider) {
            verified.push(login);
        }
    }
    Ok(verified)
}

async fn verify_one(app: &App, pool: &IdentityPool, key: &str, token: &str) -> Result<Login, LoginRefused> {
    let unsupported = || LoginRefused::because("Token is not from a supported provider of this identity pool.");
    let user_pool = provider::user_pool_of(key, &app.public_url).ok_or_else(unsupported)?;
    let name = provider::canonical_name(&user_pool);
    let trusted: Vec<&CognitoProvider> =
        pool.configuration.cognito_identity_providers.iter().filter(|provider| provider.provider_name == name).collect();
    if trusted.is_empty() {
        return Err(unsupported());
    }
    let claims = verify_token(app, &user_pool, token).await?;
    // SECURITY: the token must be for a client that the pool lists, or any client's user could come in.
    let client = trusted.iter().find(|provider| provider.client_id == claims.aud);
    let client = client.ok_or_else(|| LoginRefused::because("Invalid login token. Incorrect token audience."))?;
    if client.server_side_token_check {
        let user = app.read(async |tx| store::users::find_by_family(tx, &user_pool, &claims.sub, &claims.origin_jti).await).await?;
        if !user.is_some_and(|user| user.enabled) {
            return Err(LoginRefused::because("Invalid login token. Token has been revoked."));
        }
    }
    Ok(Login { provider: name, subject: claims.sub })
}

async fn verify_token(app: &App, user_pool: &UserPoolId, token: &str) -> Result<IdClaims, LoginRefused> {
    let keys = pool_keys::load(app, user_pool).await?.ok_or_else(|| LoginRefused::because(NOT_AN_ID_TOKEN))?;
    let verified = RawJwt::parse(token).and_then(|raw| raw.verify_id(&keys.public, &app.issuer(user_pool), app.now()));
    verified.map_err(|why| match why {
        TokenRefused::Malformed | TokenRefused::WrongUse => LoginRefused::because(NOT_AN_ID_TOKEN),
        TokenRefused::UnknownKey | TokenRefused::BadSignature => LoginRefused::because("Invalid login token. Token signature invalid."),
        TokenRefused::WrongIssuer => LoginRefused::because("Invalid login token. Issuer doesn't match providerName"),
        TokenRefused::Expired => LoginRefused::because("Invalid login token. Token expired."),
    })
}

/// The session of the pool's role for an identity with these logins, which the caller has verified to be its own; a guest's
/// without any. The role's trust policy has been asked.
///
/// # Errors
/// [`LoginRefused::Misconfigured`] for a role that is missing or does not trust the pool.
pub async fn session(
    app: &App,
    pool: &IdentityPool,
    identity: &Identity,
    logins: &[Login],
    origin: Option<&Origin>,
) -> Result<RoleSession, LoginRefused> {
    let kind = if logins.is_empty() { "unauthenticated" } else { "authenticated" };
    let role_arn = pool.roles.get(kind).ok_or(LoginRefused::Misconfigured)?;
    let role = app.read(async |tx| store::iam::find_role_by_arn(tx, role_arn).await).await?;
    // SECURITY: a pool gives roles of its own account only, whoever wrote the role's name into it.
    let role = role.filter(|role| role.account_id == pool.account_id).ok_or(LoginRefused::Misconfigured)?;
    let now = app.now();
    let session = RoleSession {
        federated_keys: federated_keys(pool, identity, logins),
        mfa_at: None,
        policies: logins.is_empty().then(|| vec![GUEST_SCOPE.clone()]),
        managed_policies: Vec::new(),
        account_id: role.account_id.clone(),
        role_name: role.name.clone(),
        role_path: role.path.clone(),
        role_id: role.id.clone(),
        session_name: "CognitoIdentityCredentials".to_owned(),
        issued_at: now.millis(),
        expires_at: now.millis() + LIFETIME_SECONDS * 1000,
    };
    check_trust(app, pool, &role, &session, origin)?;
    Ok(session)
}

/// What the role's trust policy, and later its policies, may ask of the identity.
fn federated_keys(pool: &IdentityPool, identity: &Identity, logins: &[Login]) -> Vec<(String, Vec<String>)> {
    let mut amr = vec![if logins.is_empty() { "unauthenticated" } else { "authenticated" }.to_owned()];
    for login in logins {
        amr.push(login.provider.clone());
        amr.push(format!("{}:CognitoSignIn:{}", login.provider, login.subject));
    }
    vec![
        (format!("{PROVIDER}:aud"), vec![pool.id.to_string()]),
        (format!("{PROVIDER}:amr"), amr),
        (format!("{PROVIDER}:sub"), vec![identity.identity_id.to_string()]),
    ]
}

fn check_trust(app: &App, pool: &IdentityPool, role: &Role, session: &RoleSession, origin: Option<&Origin>) -> Result<(), LoginRefused> {
    let mut keys = authz::request_keys(&Caller::Session(session.clone()), app.now(), &pool.region);
    if let Some(origin) = origin {
        origin.add_keys(&mut keys);
    }
    // The provider's audience is the pool: a role says which pools it trusts.
    let trusted = authz::trusts_vouched_for(role, PROVIDER, AUDIENCE, "sts:AssumeRoleWithWebIdentity", &keys)?;
    if trusted { Ok(()) } else { Err(LoginRefused::Misconfigured) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::policy::{ContextMap, NamedPolicy, Policies, PolicySet, Principal, Request, Verdict, judge, parse};

    #[test]
    fn no_resource_policy_gives_a_guest_what_is_the_deployments_own() {
        let set = |text: &str| PolicySet::new(vec![NamedPolicy { name: "p".to_owned(), policy: Arc::new(parse(text).unwrap()) }]);
        let session_arn = "arn:aws:sts::000000000000:assumed-role/Guests/CognitoIdentityCredentials".to_owned();
        let naming = json!({"Effect": "Allow", "Principal": {"AWS": session_arn}, "Action": "*", "Resource": "*"});
        let resource = set(&json!({"Version": "2012-10-17", "Statement": naming}).to_string());
        let session = set(&GUEST_SCOPE);
        let policies = Policies { resource: Some(&resource), session: Some(&session), ..Policies::default() };
        let account = "000000000000".to_owned();
        let guest = Principal::AssumedRole { account, session_arn, role_arn: None, role_id: "AROA".to_owned() };
        let asks = |action: &str| {
            let request = Request {
                principal: &guest,
                action,
                resource: "arn:aws:any:us-east-1:000000000000:thing/1",
                resource_account: None,
                wildcard_only_action: false,
                context: &ContextMap::new(),
            };
            judge(&request, &policies).verdict
        };
        for service in OWN_SERVICES {
            assert_eq!(asks(&format!("{service}:Anything")), Verdict::ExplicitDeny, "{service}");
        }
        assert_eq!(asks("notes:Read"), Verdict::Allowed);
    }
}
