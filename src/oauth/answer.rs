//! What the endpoints answer: JSON that nobody keeps (RFC 6749 §5).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;

use crate::authz;
use crate::budgets::Guess;
use crate::context::App;
use crate::flows::failed::Failed;
use crate::kit::causes::Causes;
use crate::store::StoreError;

/// Why an endpoint refuses (RFC 6749 §5.2): one of OAuth's words, and ours.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    /// How the caller could prove itself, where it tried by a header or has to.
    challenge: Option<&'static str>,
}

/// What may have been guessed: a client's secret. A code or a token is 256 random bits, which nobody guesses, and the address of
/// whoever brings a wrong one is a server's: strangers who have it bring wrong ones would keep all of its users out.
const GUESSABLE: &str = "invalid_client";

impl Refusal {
    /// A 400.
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), challenge: None }
    }

    /// The same, of another status.
    pub fn of_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same, saying how it would not be refused.
    pub fn challenging(self, status: StatusCode, challenge: &'static str) -> Self {
        Self { status, challenge: Some(challenge), ..self }
    }

    /// `invalid_client`. A client that tried by the Authorization header is told which scheme it takes, as it must be.
    pub fn client(by_header: bool) -> Self {
        let refusal = Self::new("invalid_client", "client authentication failed");
        match by_header {
            true => Self { status: StatusCode::UNAUTHORIZED, challenge: Some("Basic realm=\"passwright\""), ..refusal },
            false => refusal,
        }
    }

    /// Our own failure: logged, and told to nobody.
    pub fn failed(error: &(dyn std::error::Error + 'static)) -> Self {
        // The pool is being recovered.
        if StoreError::tells_of_pause(error) {
            return Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::new("temporarily_unavailable", "try again in a while") };
        }
        tracing::error!(error = %Causes(error), "an OAuth endpoint failed");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..Self::new("server_error", "the server could not answer") }
    }

    /// More refusals than an address may have. RFC 6749 has no word for it; its clients know the status (RFC 6585 §4).
    pub fn too_many() -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, ..Self::new("temporarily_unavailable", "too many refused requests") }
    }

    /// No pool of this id.
    pub fn no_pool() -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::new("invalid_request", "user pool does not exist") }
    }

    /// As it is answered.
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        let mut response = json(self.status, &json!({"error": self.error, "error_description": self.description}));
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, actix_web::http::header::HeaderValue::from_static(challenge));
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::failed(&error)
    }
}

impl From<Failed> for Refusal {
    fn from(failed: Failed) -> Self {
        Self::failed(&failed)
    }
}

/// JSON that nobody keeps.
pub fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache")).json(body)
}

/// An endpoint's outcome, as it is answered.
pub fn answered(outcome: Result<HttpResponse, Refusal>) -> HttpResponse {
    outcome.unwrap_or_else(|refusal| refusal.to_response())
}

/// The same of an endpoint that clients prove themselves at. SECURITY: who is refused may have guessed, and pays as for a refused
/// sign-in.
pub async fn answered_to_client(
    app: &App,
    request: &HttpRequest,
    answer: impl Future<Output = Result<HttpResponse, Refusal>>,
) -> HttpResponse {
    let pool_id = request.match_info().get("pool").unwrap_or_default();
    let judge = async |refusal: &Refusal| if refusal.error == GUESSABLE { Guess::At(pool_id.into()) } else { Guess::No };
    let outcome = app.budgets.guess(authz::origin(app, request).source_ip, app.now(), answer, judge).await;
    answered(outcome.unwrap_or_else(|| Err(Refusal::too_many())))
}
