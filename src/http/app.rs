//! Which path goes where.

use actix_cors::Cors;
use actix_web::guard::fn_guard;
use actix_web::web::{PayloadConfig, ServiceConfig, get, post, resource};

use super::{dev, health, metrics, well_known};
use crate::config::Mode;
use crate::{decisions, wire};

/// A larger body is refused with 413.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The routes.
pub fn configure(mode: Mode) -> impl Fn(&mut ServiceConfig) {
    move |config| {
        config
            .app_data(PayloadConfig::new(MAX_BODY_BYTES))
            .service(resource("/").route(post().to(wire::dispatch::handle)).route(get().to(health::root)))
            .route("/healthz", get().to(health::live))
            .route("/readyz", get().to(health::ready))
            .route("/metrics", get().to(metrics::show))
            .route("/access/v1/evaluation", post().to(decisions::evaluation::handle))
            .route("/{pool}/.well-known/jwks.json", get().to(well_known::jwks));
        if mode == Mode::Dev {
            config.route("/_dev/outbox", get().to(dev::outbox)).route("/_dev/reset", post().to(dev::reset));
        }
        // Last, so that a template of a REST service never takes a path of ours.
        config.service(resource("/{path:.*}").guard(fn_guard(wire::rest_json::is_ours)).to(wire::dispatch::handle_rest));
    }
}

/// Browsers call from any origin; no credentials of theirs are ever sent along.
pub fn cors() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allow_any_header()
        .allowed_methods(["GET", "POST", "OPTIONS"])
        .expose_headers(["x-amzn-RequestId", "x-amzn-ErrorType", "x-amzn-ErrorMessage", "Date"])
        .max_age(86_400)
}
