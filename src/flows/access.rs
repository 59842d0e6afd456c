//! From an access token to the user who holds it, for every operation that takes one.

use std::sync::Arc;

use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::flows::pool_keys;
use crate::store::{self, StoreError};
use crate::tokens::claims::AccessClaims;
use crate::tokens::verify::{RawJwt, TokenRefused};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// Who holds an access token.
pub struct Holder {
    /// Their pool.
    pub pool: Arc<Pool>,
    /// They themselves.
    pub user: User,
    /// What the token says.
    pub claims: AccessClaims,
}

/// Why an access token is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccessRefused {
    /// Not one of a pool of ours.
    #[error("not an access token of this deployment")]
    Invalid,
    /// Past its time.
    #[error("the access token has expired")]
    Expired,
    /// Given for less than the user's own rights.
    #[error("the access token lacks the scope of the user's own rights")]
    Scope,
    /// The sign-in that it comes from is over, or the user is gone.
    #[error("the access token was revoked")]
    Revoked,
    /// The user may not do anything.
    #[error("the user is disabled")]
    UserDisabled,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(AccessRefused);

impl From<TokenRefused> for AccessRefused {
    fn from(refused: TokenRefused) -> Self {
        match refused {
            TokenRefused::Expired => Self::Expired,
            TokenRefused::Malformed
            | TokenRefused::UnknownKey
            | TokenRefused::BadSignature
            | TokenRefused::WrongUse
            | TokenRefused::WrongIssuer => Self::Invalid,
        }
    }
}

/// The pool that an access token claims to come from; `None` where it is none of ours.
///
/// # Errors
/// [`StoreError`].
pub async fn claimed_pool(app: &App, access_token: &str) -> Result<Option<Arc<Pool>>, StoreError> {
    let Ok(raw) = RawJwt::parse(access_token) else { return Ok(None) };
    Ok(pool_keys::claimed(app, &raw).await?.map(|(pool, _)| pool))
}

/// Verifies an access token that is for the user's own rights, and that its sign-in goes on.
///
/// # Errors
/// [`AccessRefused`].
pub async fn holder(app: &App, access_token: &str) -> Result<Holder, AccessRefused> {
    let is_for_own = |_: &Pool, claims: &AccessClaims| if claims.is_for_the_users_own() { Ok(()) } else { Err(AccessRefused::Scope) };
    verified(app, access_token, is_for_own).await
}

/// Verifies an access token that serves what it is shown for, and that its sign-in goes on: one statement.
///
/// # Errors
/// [`AccessRefused`].
pub async fn verified(
    app: &App,
    access_token: &str,
    serves: impl FnOnce(&Pool, &AccessClaims) -> Result<(), AccessRefused>,
) -> Result<Holder, AccessRefused> {
    let raw = RawJwt::parse(access_token)?;
    let (pool, keys) = pool_keys::claimed(app, &raw).await?.ok_or(AccessRefused::Invalid)?;
    let claims = raw.verify_access(&keys.public, &app.issuer(&pool.id), app.now())?;
    serves(&pool, &claims)?;
    let user = app.read(async |tx| store::users::find_by_family(tx, &pool.id, &claims.sub, &claims.origin_jti).await).await?;
    let user = user.ok_or(AccessRefused::Revoked)?;
    if !user.enabled {
        return Err(AccessRefused::UserDisabled);
    }
    Ok(Holder { pool, user, claims })
}
