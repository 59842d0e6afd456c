//! Whether the process lives, and whether it can serve.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::context::App;
use crate::kit::causes::Causes;
use crate::store::deployment;

/// `GET /`: what this is.
pub async fn root() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("Passwright. AWS clients: POST here.\n")
}

/// `GET /healthz`: the process lives.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: the database answers too.
pub async fn ready(app: Data<App>) -> HttpResponse {
    match app.read(async |tx| deployment::ping(tx).await).await {
        Ok(()) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Err(error) => {
            tracing::error!(error = %Causes(&error), "not ready");
            HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
        }
    }
}
