//! Which path goes where.

use actix_cors::Cors;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::guard::fn_guard;
use actix_web::http::header::ACCESS_CONTROL_REQUEST_METHOD;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{PayloadConfig, ServiceConfig, get, head, post, put, resource, scope, to};

use super::{auth_event_feedback, confirm_user, dev, health, imports, metrics, pool_assets, well_known};
use crate::config::Mode;
use crate::{console, decisions, docs, hosted, insight, oauth, pages, wire};

/// A larger body is refused with 413.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Where proxies ask. Envoy appends the original path.
const FORWARD_AUTH: &str = "/v1/forward-auth";

/// The routes.
pub fn configure(mode: Mode) -> impl Fn(&mut ServiceConfig) {
    move |config| {
        config
            .app_data(PayloadConfig::new(MAX_BODY_BYTES))
            .service(
                resource("/")
                    .route(post().to(wire::dispatch::handle))
                    .route(get().guard(fn_guard(wire::dispatch::is_query_get)).to(wire::dispatch::handle_get))
                    .route(get().guard(fn_guard(pages::is_for_a_browser)).to(console::enter))
                    .route(get().to(health::root)),
            )
            .configure(console::configure)
            .route("/assets/{file}", get().to(pages::assets::serve))
            .route("/docs/search", get().to(docs::search))
            .route("/docs", get().to(docs::fixed))
            .route("/docs/{page:.*}", get().to(docs::fixed))
            .route("/healthz", get().to(health::live))
            .route("/readyz", get().to(health::ready))
            .route("/metrics", get().to(metrics::show))
            .route("/access/v1/evaluation", post().to(decisions::evaluation::one))
            .route("/access/v1/evaluations", post().to(decisions::evaluation::many))
            .route("/v1/simulate", post().to(decisions::simulate::handle))
            .route("/v1/activity", get().to(insight::activity::handle))
            .route("/v1/deployment", get().to(insight::deployment::handle))
            .route("/v1/events", get().to(insight::events::handle))
            .route("/v1/import-failures", get().to(insight::imports::handle))
            .service(resource("/v1/signing-keys").route(get().to(insight::keys::handle)).route(post().to(insight::keys::handle_rotate)))
            .route("/.well-known/authzen-configuration", get().to(well_known::authzen))
            .service(
                resource(FORWARD_AUTH)
                    .route(get().to(decisions::forward_auth::handle))
                    .route(head().to(decisions::forward_auth::handle))
                    .route(post().to(decisions::forward_auth::handle)),
            )
            .route("/v1/forward-auth/{original:.*}", to(decisions::forward_auth::handle))
            .route("/_imports/{pool}/{job}", put().to(imports::take))
            .route("/cognito-identity/.well-known/openid-configuration", get().to(well_known::identity_pools))
            .route("/cognito-identity/.well-known/jwks.json", get().to(well_known::keys_of_identity_pools))
            // As AWS calls it.
            .route("/cognito-identity/.well-known/jwks_uri", get().to(well_known::keys_of_identity_pools))
            .route("/{pool}/.well-known/jwks.json", get().to(well_known::jwks))
            .configure(oauth::configure)
            .configure(hosted::configure)
            .service(resource("/{pool}/confirmUser").route(get().to(confirm_user::ask)).route(post().to(confirm_user::confirm)))
            .service(
                resource("/{pool}/authEventFeedback").route(get().to(auth_event_feedback::ask)).route(post().to(auth_event_feedback::say)),
            )
            .route("/{pool}/assets/{hash}", get().to(pool_assets::serve));
        if mode == Mode::Dev {
            let pages = scope("/_dev").wrap(from_fn(dev::not_for_public_sites));
            config.service(pages.route("/outbox", get().to(dev::outbox)).route("/reset", post().to(dev::reset)));
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

/// SECURITY: what a proxy asks about is never itself a preflight. Envoy asks with the original method and headers, and the
/// 200 that a browser's preflight is answered with would let the original one pass, judged by nobody.
///
/// # Errors
/// Those of what it wraps.
pub async fn judge_preflights(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.path().starts_with(FORWARD_AUTH) {
        request.headers_mut().remove(ACCESS_CONTROL_REQUEST_METHOD);
    }
    next.call(request).await
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse};

    use super::*;

    #[actix_web::test]
    async fn a_preflight_that_a_proxy_asks_about_is_judged() {
        let judge = || std::future::ready(HttpResponse::Forbidden().finish());
        let app = App::new().wrap(cors()).wrap(from_fn(judge_preflights)).default_service(to(judge));
        let app = init_service(app).await;
        for (path, status) in [("/v1/forward-auth/notes/1", 403), ("/v1/forward-auth", 403), ("/", 200)] {
            let asked = TestRequest::with_uri(path).method(actix_web::http::Method::OPTIONS);
            let asked = asked.insert_header(("Origin", "http://evil.example")).insert_header(("Access-Control-Request-Method", "GET"));
            assert_eq!(call_service(&app, asked.to_request()).await.status(), status, "{path}");
        }
    }
}
