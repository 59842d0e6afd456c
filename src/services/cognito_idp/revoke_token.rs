//! RevokeToken: ends the sign-in of a refresh token, and with it every access token of that sign-in (RFC 7009).

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::{clients, issue};
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    token: String,
    client_id: ClientId,
    client_secret: Option<Secret>,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let app_client = clients::find(cx, &request.client_id).await?.ok_or(Error::Unauthorized("Invalid client id"))?;
    let secret = app_client.secret(cx)?;
    let proven = match (&secret, &request.client_secret) {
        (None, _) => true,
        (Some(secret), Some(given)) => secret.equals(given.expose_secret()),
        (Some(_), None) => false,
    };
    if !proven {
        return Err(Error::Unauthorized("Invalid client secret"));
    }
    if !app_client.client.configuration.enable_token_revocation {
        return Err(Error::UnsupportedOperation("Token revocation is not enabled for the client"));
    }
    let (origin_jti, token) = issue::read_refresh_token(&request.token).ok_or(Error::UnsupportedTokenType)?;
    cx.write(async |tx| {
        let family = store::tokens::find_family(tx, &app_client.pool.id, origin_jti).await?;
        // RFC 7009 §2.2: a token that is not there is no error.
        let family = family.filter(|family| family.client_id == app_client.client.id && family.refresh_token.matches(&token.hashed()));
        match family {
            Some(family) => Ok(store::tokens::revoke_family(tx, &app_client.pool.id, &family.origin_jti, cx.now()).await?),
            None => Ok::<_, Error>(()),
        }
    })
    .await?;
    Ok(Response {})
}
