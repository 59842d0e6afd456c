//! RevokeToken: ends the sign-in of a refresh token, and with it every access token of that sign-in (RFC 7009).

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::{self, SecretRefused};
use crate::flows::revoke::{self, RevokeRefused};
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;

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
    match app_client.check_secret(cx, request.client_secret.as_ref()) {
        Ok(()) | Err(SecretRefused::UnexpectedSecret(_)) => {}
        Err(SecretRefused::Failed(failed)) => return Err(failed.into()),
        Err(_) => return Err(Error::Unauthorized("Invalid client secret")),
    }
    match revoke::revoke(cx, &app_client, &request.token).await {
        Ok(()) => Ok(Response {}),
        Err(RevokeRefused::Disabled) => Err(Error::UnsupportedOperation("Token revocation is not enabled for the client")),
        Err(RevokeRefused::NotARefreshToken) => Err(Error::UnsupportedTokenType),
        Err(RevokeRefused::Failed(failed)) => Err(failed.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_client_without_revocation_refuses_it_and_signing_out_ends_its_sign_ins_all_the_same() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"EnableTokenRevocation": false})).await;
        let tokens = pool.user("alice").await.signed_in().await;
        let refused = pool.client("RevokeToken", json!({"Token": tokens["RefreshToken"]})).await;
        assert_eq!(refused.code(), "UnsupportedOperationException");
        let get = async || app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        get().await.ok();
        app.anonymous().call("GlobalSignOut", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
        assert_eq!(get().await.message(), "Access Token has been revoked");
        let again = pool.client("GetTokensFromRefreshToken", json!({"RefreshToken": tokens["RefreshToken"]})).await;
        assert_eq!(again.message(), "Refresh Token has been revoked");
    }

    #[actix_web::test]
    async fn what_is_no_refresh_token_or_nobodys_is_told_apart() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        for (token, code) in [
            (tokens["AccessToken"].clone(), "UnsupportedTokenTypeException"),
            (json!("00000000-0000-4000-8000-000000000000.x"), ""),
            (tokens["RefreshToken"].clone(), ""),
            (tokens["RefreshToken"].clone(), ""),
        ] {
            assert_eq!(pool.client("RevokeToken", json!({"Token": token})).await.code(), code, "{token:.20}");
        }
        let get = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert_eq!(get.message(), "Access Token has been revoked");
    }
}
