//! The end of a sign-in by one of its refresh tokens (RFC 7009): every token of it, at once.

use super::clients::AppClient;
use super::failed::{Failed, fails_with_the_store};
use super::refresh_token;
use crate::context::App;
use crate::store;

/// Why a token is not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeRefused {
    /// The client is set so that its tokens are not revoked.
    #[error("the client's tokens are not revoked")]
    Disabled,
    /// Not a refresh token.
    #[error("not a refresh token")]
    NotARefreshToken,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(RevokeRefused);

/// Ends the sign-in of a client's refresh token. One that is not there, or another client's, is no error (RFC 7009 §2.2); any token
/// of the sign-in ends it, also one that another followed.
///
/// # Errors
/// [`RevokeRefused`].
pub async fn revoke(app: &App, app_client: &AppClient, token: &str) -> Result<(), RevokeRefused> {
    if !app_client.client.configuration.enable_token_revocation {
        return Err(RevokeRefused::Disabled);
    }
    let token = refresh_token::read(token).ok_or(RevokeRefused::NotARefreshToken)?;
    app.write(async |tx| {
        let family = store::tokens::find_family(tx, &app_client.pool.id, token.origin_jti).await?;
        let family = family.filter(|family| family.client_id == app_client.client.id && token.is_genuine(app, family));
        match family {
            Some(family) => Ok(store::tokens::revoke_family(tx, &app_client.pool.id, &family.origin_jti, app.now()).await?),
            None => Ok(()),
        }
    })
    .await
}
