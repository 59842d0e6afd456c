//! From a login token to the role session that an identity pool gives for it: the enhanced flow, shared by whoever needs the
//! session itself (GetCredentialsForIdentity) and by whoever asks what it could do (decisions, forward-auth); and the tokens of
//! the basic flow.

mod identity_token;
mod link;
mod logins;
mod role_session;

use super::bearer::Bearer;
use crate::context::App;
use crate::iam::caller::RoleSession;
use crate::iam::origin::Origin;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::TagsRefused;
use crate::identitypools::provider;
use crate::identitypools::role_choice::NoRole;
use crate::kit::id::{AccountId, IdentityId, IdentityPoolId};
use crate::store::identity_pools::{self, Identity};
use crate::store::{self, StoreError};
use crate::tokens::verify::RawJwt;

pub use identity_token::{issue as issue_token, published as published_keys, verify as verify_token};
pub use link::{find_or_make, link, register};
pub use logins::{Login, Vouched, developer, unsupported_provider, verify};
pub use role_session::{GUEST_DENIED, GUEST_SCOPE, Given, Told, amr_of, session, tags_of, told};

/// Identity pools, as trust policies name them.
pub const PROVIDER: &str = "cognito-identity.amazonaws.com";

/// The key that says which identity pool vouches: a role must be held to its pools by it.
pub const AUDIENCE: &str = "cognito-identity.amazonaws.com:aud";

const NOT_AN_ID_TOKEN: &str = "Invalid login token. Not a valid OpenId Connect identity token.";

/// Why a login gets no session.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    /// The token is refused, or the pool doesn't trust who gave it.
    #[error("{0}")]
    NotAuthorized(String),
    /// A login that is another identity's, or one more than an identity has.
    #[error("{0}")]
    Conflict(&'static str),
    /// A developer's user who has another identity.
    #[error("The developer user identifier is registered with another identity.")]
    AlreadyRegistered,
    /// The pool's role is missing, or does not trust it.
    #[error("Invalid identity pool configuration. Check assigned IAM roles for this pool.")]
    Misconfigured,
    /// No identity pool of that id.
    #[error("IdentityPool '{0}' not found.")]
    NoSuchPool(IdentityPoolId),
    /// No identity of that id.
    #[error("Identity '{0}' not found.")]
    NoSuchIdentity(IdentityId),
    /// The login has no identity yet: GetId was never called with it.
    #[error("The login has no identity in this identity pool.")]
    NoIdentity,
    /// Keys are made, and more is asked for than that takes.
    #[error("Too many requests")]
    Busy,
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

impl From<NoRole> for LoginRefused {
    fn from(refused: NoRole) -> Self {
        Self::NotAuthorized(refused.to_string())
    }
}

/// What a user's token says is no tag: STS, which Amazon Cognito asks for the session, refuses it.
impl From<TagsRefused> for LoginRefused {
    fn from(refused: TagsRefused) -> Self {
        Self::NotAuthorized(refused.to_string())
    }
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
    let login = logins::verify_one(app, &pool, key, token).await?;
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
    if !pool.configuration.clients_of(&name, &app.public_url).any(|client| client.client_id == bearer.client_id) {
        return Err(unsupported_provider());
    }
    let vouched = Vouched::UserPool { client_id: bearer.client_id.clone(), claims: bearer.id_claims.clone().unwrap_or_default() };
    let login = Login { provider: name, subject: bearer.subject.to_string(), vouched };
    // SECURITY: an access token says nothing of roles and tags, so it would give another session than the ID token does.
    if bearer.id_claims.is_none() && (login.mapping(&pool).is_some() || pool.principal_tags.contains_key(&login.provider)) {
        return Err(LoginRefused::because("The roles of this identity pool are chosen by an ID token. This is an access token."));
    }
    session_of_login(app, &pool, login, origin).await
}

/// None of the logins that are brought is the identity's.
#[must_use]
pub fn no_own_login() -> LoginRefused {
    LoginRefused::because("Logins don't match. Please include at least one valid login for this identity or identity pool.")
}

async fn session_of_login(app: &App, pool: &IdentityPool, login: Login, origin: Option<&Origin>) -> Result<RoleSession, LoginRefused> {
    let identity_id = app.read(async |tx| identity_pools::login_owner(tx, &pool.id, &login.provider, &login.subject).await).await?;
    let identity_id = identity_id.ok_or(LoginRefused::NoIdentity)?;
    let identity = Identity { identity_pool_id: pool.id.clone(), identity_id, authenticated: 1 };
    session(app, pool, &identity, Given { logins: &[login], custom_role_arn: None, origin }).await
}

/// The identity of this id in this pool, as the transaction finds it.
///
/// # Errors
/// [`LoginRefused::NoSuchIdentity`], and our own failures.
pub async fn identity_of(tx: &mut store::Conn, pool: &IdentityPoolId, identity_id: &IdentityId) -> Result<Identity, LoginRefused> {
    let found = identity_pools::find_identity(tx, identity_id).await?;
    found.filter(|identity| identity.identity_pool_id == *pool).ok_or_else(|| LoginRefused::NoSuchIdentity(identity_id.clone()))
}
