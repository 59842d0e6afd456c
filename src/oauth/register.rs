//! `POST /oauth2/register`: a client registers itself (RFC 7591 §3; OpenID Connect Dynamic Client Registration 1.0 §3).

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::answer::{Refusal, answered, json};
use super::authenticate::is_of_type;
use super::place::Place;
use crate::authz;
use crate::budgets::PerAddress;
use crate::context::App;
use crate::flows::registration::{self, NewClient, RegisterRefused, Registrar};
use crate::kit::json::Members as _;
use crate::userpools::pool::PoolConfiguration;
use crate::userpools::registration::{LONGEST, RegistrationRefused, grant_types};

/// How a client would not be refused (RFC 6750 §3).
const BEARER: &str = "Bearer";
const INVALID_TOKEN: &str = "Bearer error=\"invalid_token\", error_description=\"not an access token of a client of this user pool\"";
const INSUFFICIENT_SCOPE: &str = "Bearer error=\"insufficient_scope\", scope=\"aws.cognito/dcr/register\"";

/// `POST /{pool}/oauth2/register`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered(answer(&app, &request, &body).await)
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let place = Place::of(app, request).await?.ok_or_else(Refusal::no_pool)?;
    let registrar = registration::admit(app, &place.pool, token(request)).await.map_err(refused)?;
    let origin = authz::origin(app, request);
    // SECURITY: each is remembered until somebody deletes it.
    if matches!(registrar, Registrar::Nobody) && !app.budgets.spend(PerAddress::SignUps, origin.source_ip, app.now()) {
        return Err(Refusal::too_many());
    }
    let metadata = metadata(request, body)?;
    let made = registration::register(app, &place.pool, &registrar, &metadata, &origin).await.map_err(refused)?;
    Ok(json(StatusCode::CREATED, &told(&made, &place.pool.configuration)))
}

/// The initial access token (RFC 7591 §3).
fn token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn metadata(request: &HttpRequest, body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    let refused = |description: String| Refusal::new("invalid_client_metadata", description);
    if body.len() > LONGEST {
        return Err(refused(format!("the metadata is longer than {LONGEST} bytes")));
    }
    let read = is_of_type(request, "application/json").then(|| serde_json::from_slice(body).ok()).flatten();
    read.ok_or_else(|| refused("the body is no JSON object".to_owned()))
}

/// The client as it is registered (RFC 7591 §3.2.1).
fn told(made: &NewClient, pool: &PoolConfiguration) -> Value {
    let (client, configuration) = (&made.client, &made.client.configuration);
    let mut told = json!({
        "client_id": client.id,
        "client_id_issued_at": client.created_at.seconds(),
        "client_name": client.name,
        "token_endpoint_auth_method": made.auth_method,
        "grant_types": grant_types(configuration, client.takes_device_grant(pool)),
        "response_types": if configuration.takes_oauth_flow("code") { vec!["code"] } else { Vec::new() },
        "redirect_uris": configuration.callback_urls,
        "scope": configuration.allowed_oauth_scopes.join(" "),
    });
    if !configuration.logout_urls.is_empty() {
        told.put("post_logout_redirect_uris", json!(configuration.logout_urls));
    }
    if let Some(secret) = &made.secret {
        told.put("client_secret", secret.expose_secret());
        // It does not.
        told.put("client_secret_expires_at", 0);
    }
    told
}

fn refused(refused: RegisterRefused) -> Refusal {
    let words = refused.to_string();
    match refused {
        RegisterRefused::Off => Refusal::new("invalid_request", words).of_status(StatusCode::NOT_FOUND),
        RegisterRefused::NoToken => Refusal::new("invalid_request", words).challenging(StatusCode::UNAUTHORIZED, BEARER),
        RegisterRefused::Token => Refusal::new("invalid_token", words).challenging(StatusCode::UNAUTHORIZED, INVALID_TOKEN),
        RegisterRefused::Scope => Refusal::new("insufficient_scope", words).challenging(StatusCode::FORBIDDEN, INSUFFICIENT_SCOPE),
        RegisterRefused::Closed | RegisterRefused::Full => Refusal::new("access_denied", words).of_status(StatusCode::FORBIDDEN),
        RegisterRefused::Rule(RegistrationRefused::RedirectUri(words)) => Refusal::new("invalid_redirect_uri", words),
        RegisterRefused::Rule(RegistrationRefused::Metadata(words)) => Refusal::new("invalid_client_metadata", words),
        RegisterRefused::Failed(failed) => failed.into(),
    }
}
