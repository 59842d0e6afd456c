//! What is published without asking who reads it: a pool's keys, and where decisions are asked for.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::context::App;
use crate::flows::{pool_keys, web_identity};
use crate::kit::causes::Causes;
use crate::store::StoreError;
use crate::store::signing_keys::OF_IDENTITY_POOLS;
use crate::tokens::keys::{Jwks, PoolKeys};

/// `GET /{pool}/.well-known/jwks.json` (RFC 7517 §5).
pub async fn jwks(app: Data<App>, pool_id: Path<String>) -> HttpResponse {
    // No id has a NUL, which PostgreSQL cannot be asked for.
    if pool_id.contains('\0') {
        return no_such_pool();
    }
    key_set(pool_keys::load(&app, &pool_id.as_str().into()).await, no_such_pool)
}

/// Keys as they were loaded; `none` answers where there are none.
fn key_set(loaded: Result<Option<Arc<PoolKeys>>, StoreError>, none: impl FnOnce() -> HttpResponse) -> HttpResponse {
    match loaded {
        Ok(Some(keys)) => HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(Jwks::of(&keys.public)),
        Ok(None) => none(),
        Err(error) => {
            tracing::error!(error = %Causes(&error), "keys could not be read");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// `GET /cognito-identity/.well-known/openid-configuration`: who makes the tokens of identity pools.
pub async fn identity_pools(app: Data<App>) -> HttpResponse {
    let at = |page: &str| format!("{}/{OF_IDENTITY_POOLS}/.well-known/{page}", app.public_url);
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(json!({
        "issuer": app.issuer_of_identity_pools(),
        "jwks_uri": at("jwks.json"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "aud", "iss", "exp", "iat", "amr"],
    }))
}

/// `GET /cognito-identity/.well-known/jwks.json`: no keys before there is a token.
pub async fn keys_of_identity_pools(app: Data<App>) -> HttpResponse {
    let none = || HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({"keys": []}));
    key_set(web_identity::published_keys(&app).await, none)
}

fn no_such_pool() -> HttpResponse {
    HttpResponse::NotFound().json(json!({"message": "User pool does not exist."}))
}

/// `GET /.well-known/authzen-configuration` (OpenID AuthZEN 1.0, "Policy Decision Point Metadata").
pub async fn authzen(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let base = &app.public_url;
    let mut response = HttpResponse::Ok();
    if let Some(id) = request.headers().get("x-request-id") {
        response.insert_header(("x-request-id", id.clone()));
    }
    response.json(json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{base}/access/v1/evaluations"),
    }))
}
