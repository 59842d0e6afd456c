//! ID tokens that clients give back to say whom they mean: old ones too, for they prove nothing but that we made them.

use super::pool_keys;
use crate::context::App;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::store::StoreError;
use crate::tokens::verify::RawJwt;

/// Whom a hint means.
pub struct Hint {
    /// The user.
    pub subject: UserId,
    /// The client that the token was given to.
    pub client_id: ClientId,
}

/// Whom an ID token of this pool means; `None` for whatever is none.
///
/// # Errors
/// [`StoreError`].
pub async fn read(app: &App, pool_id: &UserPoolId, text: &str) -> Result<Option<Hint>, StoreError> {
    let Ok(raw) = RawJwt::parse(text) else { return Ok(None) };
    let Some((pool, keys)) = pool_keys::claimed(app, &raw).await?.filter(|(pool, _)| pool.id == *pool_id) else { return Ok(None) };
    let claims = raw.verify_hint(&keys.public, &app.issuer(&pool.id));
    Ok(claims.ok().map(|claims| Hint { subject: claims.sub, client_id: claims.aud }))
}
