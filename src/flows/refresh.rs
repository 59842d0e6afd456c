//! REFRESH_TOKEN_AUTH: new ID and access tokens of a sign-in that goes on.

use super::clients::ClientOfPool;
use super::issue::{self, AuthenticationResult};
use super::refused::Refused;
use crate::context::App;
use crate::store::tokens;

/// Refreshes.
///
/// # Errors
/// [`Refused::NotAuthorized`].
pub async fn refresh(app: &App, of: &ClientOfPool, token: &str, secret_hash: Option<&str>) -> Result<AuthenticationResult, Refused> {
    let invalid = || Refused::not_authorized("Invalid Refresh Token");
    let (origin_jti, secret) = issue::read_refresh_token(token).ok_or_else(invalid)?;
    let found = app.read(async |tx| tokens::find_family_and_user(tx, &of.pool.id, origin_jti).await).await?;
    let (family, user) = found.ok_or_else(invalid)?;
    // SECURITY: bound to the client that it was given to (RFC 6749 §10.4).
    if !family.refresh_token.matches(&secret.hashed()) || family.client_id != of.client.id {
        return Err(invalid());
    }
    of.check_secret_hash(app, &[&user.username, &user.id], secret_hash)?;
    if family.revoked_at.is_some() {
        return Err(Refused::not_authorized("Refresh Token has been revoked"));
    }
    if app.now() >= family.expires_at {
        return Err(Refused::not_authorized("Refresh Token has expired"));
    }
    if !user.enabled {
        return Err(Refused::not_authorized("User is disabled."));
    }
    issue::tokens(app, of, &user, &family, None).await
}
