//! From an access token to the user who holds it, for every operation that takes one.

use std::sync::Arc;

use super::refused::Refused;
use crate::context::App;
use crate::flows::pool_keys;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::tokens::claims::{AccessClaims, USER_ADMIN_SCOPE};
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

/// Verifies an access token, and that its sign-in goes on: one statement.
///
/// # Errors
/// [`Refused::NotAuthorized`].
pub async fn holder(app: &App, access_token: &str) -> Result<Holder, Refused> {
    let invalid = || Refused::not_authorized("Invalid Access Token");
    let raw = RawJwt::parse(access_token).map_err(|_| invalid())?;
    let pool_id: UserPoolId = raw.claimed_issuer().rsplit('/').next().unwrap_or_default().into();
    let pool = app.pool(&pool_id).await?.ok_or_else(invalid)?;
    let keys = pool_keys::load(app, &pool_id).await?.ok_or_else(invalid)?;
    let verified = raw.verify_access(&keys.public, &app.issuer(&pool_id), app.now());
    let claims = verified.map_err(|refused| match refused {
        TokenRefused::Expired => Refused::not_authorized("Access Token has expired"),
        _ => invalid(),
    })?;
    if !claims.scope.split(' ').any(|scope| scope == USER_ADMIN_SCOPE) {
        return Err(Refused::not_authorized("Access Token does not have required scopes"));
    }
    let user = app.read(async |tx| store::users::find_by_family(tx, &pool_id, &claims.sub, &claims.origin_jti).await).await?;
    let user = user.ok_or_else(|| Refused::not_authorized("Access Token has been revoked"))?;
    if !user.enabled {
        return Err(Refused::not_authorized("User is disabled."));
    }
    Ok(Holder { pool, user, claims })
}
