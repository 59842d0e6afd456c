//! What a pool's endpoints are and what they take (OpenID Connect Discovery 1.0 §3; RFC 8414 §2).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::answer::{Refusal, answered};
use super::exchange;
use super::place::Place;
use crate::context::App;
use crate::kit::json::Members as _;
use crate::userpools::device_grant::GRANT;
use crate::userpools::pool::acr_values;
use crate::userpools::resource_server::STANDARD_SCOPES;

/// The claims of ID tokens and of userInfo that are not a pool's own.
const CLAIMS: [&str; 26] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "at_hash",
    "acr",
    "amr",
    "sid",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "address",
];

/// Those of addresses that are verified.
const VERIFIED: [&str; 4] = ["email", "email_verified", "phone_number", "phone_number_verified"];

/// `GET /{pool}/.well-known/openid-configuration`, and the same of OAuth.
pub async fn serve(app: Data<App>, request: HttpRequest) -> HttpResponse {
    answered(answer(&app, &request).await)
}

async fn answer(app: &App, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    let place = Place::of(app, request).await?.ok_or_else(Refusal::no_pool)?;
    let base = format!("{}/{}", app.public_url, place.pool.id);
    let at = |page: &str| format!("{base}/{page}");
    let claims: Vec<&str> = CLAIMS.into_iter().chain(VERIFIED).collect();
    let scopes: Vec<&str> = STANDARD_SCOPES.into_iter().chain(["address", "offline_access"]).collect();
    let mut metadata = json!({
        "issuer": app.issuer(&place.pool.id),
        "authorization_endpoint": at("oauth2/authorize"),
        "token_endpoint": at("oauth2/token"),
        "userinfo_endpoint": at("oauth2/userInfo"),
        "revocation_endpoint": at("oauth2/revoke"),
        "introspection_endpoint": at("oauth2/introspect"),
        "pushed_authorization_request_endpoint": at("oauth2/par"),
        "require_pushed_authorization_requests": false,
        "end_session_endpoint": at("logout"),
        "jwks_uri": at(".well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "client_credentials", exchange::GRANT],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": scopes,
        "claims_supported": claims,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": acr_values(&place.pool.configuration.acr_configuration),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    if place.pool.configuration.has_device_grant() {
        metadata.put("device_authorization_endpoint", Value::from(at("oauth2/device_authorization")));
        if let Some(grants) = metadata.get_mut("grant_types_supported").and_then(Value::as_array_mut) {
            grants.push(GRANT.into());
        }
    }
    if place.pool.configuration.dcr().is_some() {
        metadata.put("registration_endpoint", Value::from(at("oauth2/register")));
    }
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(metadata))
}
