//! Who asks, whether they may, and how refusals go out.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::authz::{self, CredentialRefused};
use crate::context::{Act, App};
use crate::crypto::ids;
use crate::iam::caller::Caller;
use crate::kit::causes::Causes;
use crate::policy::Verdict;
use crate::store::StoreError;

/// Requests to our own paths are signed for this service.
const SERVICES: [&str; 1] = ["passwright"];

/// Why there is no answer.
#[derive(Debug)]
pub enum Refused {
    /// Not signed, or not well.
    Unauthenticated(String),
    /// The asker may not know it.
    Forbidden(String),
    /// The question is malformed.
    BadRequest(String),
    /// Our own failure.
    Failed(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Who signed a request.
///
/// # Errors
/// [`Refused`].
pub async fn signer(app: &App, request: &HttpRequest) -> Result<Act, Refused> {
    match authz::caller(app, request, &[], &SERVICES).await {
        Ok((Caller::Anonymous, _) | (_, None)) => Err(Refused::Unauthenticated("Missing Authentication Token".to_owned())),
        Ok((caller, Some(scope))) => Ok(Act { caller, region: scope.region, origin: authz::origin(app, request) }),
        Err(CredentialRefused::Store(error)) => Err(error.into()),
        Err(refused) => Err(Refused::Unauthenticated(refused.to_string())),
    }
}

/// Refuses whoever may not.
///
/// # Errors
/// [`Refused::Forbidden`], in AWS's words.
pub async fn permit(app: &App, act: &Act, action: &str, resource: &str) -> Result<(), Refused> {
    let mut keys = authz::request_keys(&act.caller, app.now(), &act.region);
    act.origin.add_keys(&mut keys);
    let decision = authz::decide_on(app, &act.caller, action, resource, &keys).await?;
    match decision.verdict {
        Verdict::Allowed => Ok(()),
        Verdict::ExplicitDeny | Verdict::ImplicitDeny => Err(Refused::Forbidden(authz::denial(&act.caller, action, resource, &decision))),
    }
}

/// The answer, as HTTP has it.
pub fn respond(app: &App, outcome: Result<Value, Refused>) -> HttpResponse {
    let (status, message) = match outcome {
        Ok(answer) => return HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(answer),
        Err(Refused::Unauthenticated(message)) => (StatusCode::UNAUTHORIZED, message),
        Err(Refused::Forbidden(message)) => (StatusCode::FORBIDDEN, message),
        Err(Refused::BadRequest(message)) => (StatusCode::BAD_REQUEST, message),
        Err(Refused::Failed(error)) => {
            let request_id = ids::uuid(&mut app.rng());
            tracing::error!(request_id, error = %Causes(&error), "an operator's question failed");
            let body = json!({"message": "Internal error.", "request_id": request_id});
            return HttpResponse::InternalServerError().json(body);
        }
    };
    HttpResponse::build(status).json(json!({"message": message}))
}
