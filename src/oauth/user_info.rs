//! `/oauth2/userInfo`: what a client is told of its user (OpenID Connect Core 1.0 §5.3).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::answer::{Refusal, answered, json};
use super::authenticate::form;
use super::place::Place;
use crate::context::App;
use crate::flows::access::AccessRefused;
use crate::flows::user_info;

/// `GET` and `POST /{pool}/oauth2/userInfo`
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    answered(answer(&app, &request, &body).await)
}

async fn answer(app: &App, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, Refusal> {
    let place = Place::of(app, request).await?.ok_or_else(Refusal::no_pool)?;
    let token = match token(request, body) {
        Presented::One(token) => token,
        Presented::None => return Ok(challenge(StatusCode::UNAUTHORIZED, None)),
        // RFC 6750 §3.1.
        Presented::Twice => return Ok(challenge(StatusCode::BAD_REQUEST, Some(("invalid_request", "the access token is given twice")))),
    };
    match user_info::claims(app, &place.pool.id, &token).await {
        Ok(claims) => Ok(json(StatusCode::OK, &claims)),
        Err(AccessRefused::Failed(failed)) => Err(failed.into()),
        Err(AccessRefused::Scope) => {
            Ok(challenge(StatusCode::FORBIDDEN, Some(("insufficient_scope", "the access token does not have the scope openid"))))
        }
        Err(refused) => Ok(challenge(StatusCode::UNAUTHORIZED, Some(("invalid_token", told(&refused))))),
    }
}

const fn told(refused: &AccessRefused) -> &'static str {
    match refused {
        AccessRefused::Expired => "the access token has expired",
        AccessRefused::Revoked => "the access token was revoked",
        AccessRefused::UserDisabled => "the user is disabled",
        AccessRefused::Invalid | AccessRefused::Scope | AccessRefused::Failed(_) => "not an access token of this user pool",
    }
}

/// What a request shows.
enum Presented {
    None,
    One(String),
    Twice,
}

/// The token, from the header or a posted form, and not from both (RFC 6750 §2, §2.1, §2.2); one in the address is none: addresses
/// are written down.
fn token(request: &HttpRequest, body: &Bytes) -> Presented {
    let posted = form(request, body).ok().and_then(|form| form.get("access_token").map(str::to_owned));
    let Some(header) = request.headers().get(AUTHORIZATION) else { return posted.map_or(Presented::None, Presented::One) };
    if posted.is_some() {
        return Presented::Twice;
    }
    match header.to_str().ok().and_then(|header| header.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Presented::One(token.trim().to_owned()),
        _ => Presented::None,
    }
}

/// What is refused says how it would not be (RFC 6750 §3).
fn challenge(status: StatusCode, error: Option<(&'static str, &'static str)>) -> HttpResponse {
    let (header, body) = match error {
        None => ("Bearer".to_owned(), json!({"error": "invalid_request", "error_description": "an access token is missing"})),
        Some((error, description)) => {
            let header = format!("Bearer error=\"{error}\", error_description=\"{description}\"");
            (header, json!({"error": error, "error_description": description}))
        }
    };
    let mut response = json(status, &body);
    if let Ok(header) = HeaderValue::from_str(&header) {
        response.headers_mut().insert(WWW_AUTHENTICATE, header);
    }
    response
}
