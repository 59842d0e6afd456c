//! A pool's published keys.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::context::App;
use crate::tokens::keys::Jwks;
use crate::tokens::pool_keys;

/// `GET /{pool}/.well-known/jwks.json` (RFC 7517 §5).
pub async fn jwks(app: Data<App>, pool_id: Path<String>) -> HttpResponse {
    match pool_keys::load(&app, &pool_id).await {
        Ok(Some(keys)) => HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(Jwks::of(&keys.public)),
        Ok(None) => HttpResponse::NotFound().json(serde_json::json!({"message": "User pool does not exist."})),
        Err(error) => {
            tracing::error!(%error, "keys could not be read");
            HttpResponse::InternalServerError().finish()
        }
    }
}
