//! What every endpoint of our own does around its question: who asks, whether they may, and how answers and refusals go out.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::authz;
use crate::context::{Act, App};
use crate::crypto::ids;
use crate::iam::caller::Caller;
use crate::kit::causes::Causes;
use crate::kit::long::Undone;
use crate::kit::nul;
use crate::policy::{ContextMap, Verdict};
use crate::store::StoreError;

/// What is said of a question that would take too long.
pub const TOO_LARGE: &str = "the question is too large: the conditions have too many values for those of the context";

/// Requests to our own paths are signed for this service.
pub const OWN_SERVICE: [&str; 1] = ["passwright"];

/// Why there is no answer.
pub enum Failure {
    /// Not signed, or not well.
    Unauthenticated(String),
    /// The asker may not ask this.
    Forbidden(String),
    /// The question is malformed.
    BadRequest(String),
    /// The body is not said to be JSON.
    NotJson,
    /// The body could not be read.
    Body(actix_web::Error),
    /// More is asked at once than is answered in time.
    Busy,
    /// Our own failure.
    Internal(Box<dyn std::error::Error>),
}

impl From<Undone> for Failure {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Busy => Self::Busy,
            Undone::Failed(error) => Self::Internal(Box::new(error)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl Failure {
    /// As HTTP says it. Our own failures are logged here, once, under the id that the asker knows the request by.
    pub fn status_and_message(self, request_id: &str) -> (StatusCode, String) {
        match self {
            Self::Unauthenticated(message) => (StatusCode::UNAUTHORIZED, message),
            Self::Forbidden(message) => (StatusCode::FORBIDDEN, message),
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, message),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type is not application/json".to_owned()),
            Self::Body(error) => (error.as_response_error().status_code(), error.to_string()),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "Too many long questions are waiting. Try again later.".to_owned()),
            Self::Internal(error) => {
                tracing::error!(request_id, error = %Causes(error.as_ref()), "decision failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal error.".to_owned())
            }
        }
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the asker gives the request, or else a new one.
pub fn request_id(app: &App, request: &HttpRequest) -> HeaderValue {
    let given = request.headers().get(REQUEST_ID).cloned();
    given.or_else(|| HeaderValue::from_str(&ids::uuid(&mut app.rng())).ok()).unwrap_or_else(|| HeaderValue::from_static(""))
}

/// The response: AuthZEN wants the request's id back whatever the answer is, and a failure of ours is found by it.
pub fn respond(request: &HttpRequest, id: HeaderValue, outcome: Result<Value, Failure>) -> HttpResponse {
    let mut response = match outcome {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(failure) => {
            let (status, message) = failure.status_and_message(id.to_str().unwrap_or_default());
            HttpResponse::build(status).json(json!({"message": message}))
        }
    };
    if request.headers().contains_key(REQUEST_ID) || response.status().is_server_error() {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The body of a request, if it says that it is JSON, or does not say. No text in it has a NUL.
pub fn json_body(request: &HttpRequest, body: Result<Bytes, actix_web::Error>) -> Result<Bytes, Failure> {
    let body = body.map_err(Failure::Body)?;
    let said = request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let essence = said.map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match essence.as_deref() {
        None | Some("application/json") if nul::in_json(&body) => Err(Failure::BadRequest("a text in the body has a NUL".to_owned())),
        None | Some("application/json") => Ok(body),
        Some(_) => Err(Failure::NotJson),
    }
}

/// Who asks, for where, and the condition keys of their asking.
pub struct Asker {
    /// Who asks.
    pub caller: Caller,
    /// Where they signed for.
    pub region: String,
    /// The address that they ask from.
    pub source_ip: Option<IpAddr>,
    keys: ContextMap,
}

impl Asker {
    /// Somebody who is known.
    pub fn known(app: &App, act: Act) -> Self {
        let mut keys = authz::request_keys(&act.caller, app.now(), &act.region);
        act.origin.add_keys(&mut keys);
        Self { caller: act.caller, region: act.region, source_ip: act.origin.source_ip, keys }
    }

    /// The signer of a request, which must be signed for one of these services.
    pub async fn of(app: &App, request: &HttpRequest, body: &Bytes, services: &[&str]) -> Result<Self, Failure> {
        match authz::caller(app, request, body, services).await {
            Ok((caller, Some(scope))) => Ok(Self::known(app, Act { caller, region: scope.region, origin: authz::origin(app, request) })),
            Ok((_, None)) => Err(Failure::Unauthenticated("Missing Authentication Token".to_owned())),
            Err(authz::CredentialRefused::Store(error)) => Err(error.into()),
            Err(refused) => Err(Failure::Unauthenticated(refused.to_string())),
        }
    }

    /// Whether somebody is the asker: of two sessions of one role, those for whom the same was vouched, under the same policies.
    pub fn is(&self, other: &Caller) -> bool {
        let same_session = match (&self.caller, other) {
            (Caller::Session(own), Caller::Session(other)) => own.is_given_as(other),
            (Caller::Federated { session: own, .. }, Caller::Federated { session: other, .. }) => own.is_given_as(other),
            _ => true,
        };
        same_session && self.caller.principal() == other.principal()
    }

    /// Refuses what the asker may not do.
    pub async fn permit(&self, app: &App, action: &str, resource: &str) -> Result<(), Failure> {
        let decision = authz::decide(app, &self.caller, action, resource, &self.keys).await?;
        match decision.verdict {
            Verdict::Allowed => Ok(()),
            Verdict::ExplicitDeny | Verdict::ImplicitDeny => {
                Err(Failure::Forbidden(authz::denial(&self.caller, action, resource, &decision)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_for_which_the_line_has_no_room_is_told_to_come_later() {
        assert_eq!(Failure::from(Undone::Busy).status_and_message("").0, StatusCode::TOO_MANY_REQUESTS);
    }
}
