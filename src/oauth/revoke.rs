//! `POST /oauth2/revoke`: ends the sign-in of a refresh token (RFC 7009).

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use jsonwebtoken::decode_header;

use super::answer::{Refusal, answered_to_client};
use super::authenticate::{self, Call};
use crate::context::App;
use crate::flows::revoke::{self, RevokeRefused};

/// `POST /{pool}/oauth2/revoke`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered_to_client(&app, &request, answer(&app, &request, &body)).await
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let Call { app_client, parameters } = authenticate::call(app, request, body).await?;
    let token = parameters.get("token").ok_or_else(|| Refusal::new("invalid_request", "token is missing"))?;
    match revoke::revoke(app, &app_client, token).await {
        Ok(()) => Ok(done()),
        Err(RevokeRefused::Disabled) => Err(Refusal::new("unauthorized_client", "the client's tokens are not revoked")),
        // An access or ID token is told apart; what is no token is as good as revoked (RFC 7009 §2.2).
        Err(RevokeRefused::NotARefreshToken) if decode_header(token).is_ok() => {
            Err(Refusal::new("unsupported_token_type", "only refresh tokens are revoked"))
        }
        Err(RevokeRefused::NotARefreshToken) => Ok(done()),
        Err(RevokeRefused::Failed(failed)) => Err(failed.into()),
    }
}

fn done() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).finish()
}
