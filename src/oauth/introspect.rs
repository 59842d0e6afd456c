//! `POST /oauth2/introspect`: whether an access token holds, and what it says (RFC 7662). Cognito has no such endpoint.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::answer::{Refusal, answered_to_client, json};
use super::authenticate::{self, Call};
use crate::context::App;
use crate::flows::introspect;
use crate::userpools::oauth_settings::ClientKind;
use crate::userpools::registration::Registered;

/// `POST /{pool}/oauth2/introspect`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered_to_client(&app, &request, answer(&app, &request, &body)).await
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let Call { app_client, parameters } = authenticate::call(app, request, body).await?;
    // SECURITY: whoever could ask without a secret, or with one that anybody gets, could try tokens out (RFC 7662 §2.1).
    let client = &app_client.client;
    if client.kind() == ClientKind::Public || client.registered == Some(Registered::Openly) {
        return Err(Refusal::client(false));
    }
    let token = parameters.get("token").ok_or_else(|| Refusal::new("invalid_request", "token is missing"))?;
    match introspect::claims(app, &app_client.pool.id, token).await? {
        None => Ok(json(StatusCode::OK, &json!({"active": false}))),
        Some(mut claims) => {
            claims.insert("active".to_owned(), true.into());
            claims.insert("token_type".to_owned(), "Bearer".into());
            Ok(json(StatusCode::OK, &claims))
        }
    }
}
