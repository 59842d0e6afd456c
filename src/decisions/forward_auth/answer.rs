//! The handler: believes the proxy, finds the rule, identifies the caller, asks the policies.

use std::net::IpAddr;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::credential::{self, Identified, Unidentified};
use super::original::Original;
use super::path::DecodedPath;
use super::rules::Rules;
use crate::audit::Details;
use crate::authz;
use crate::context::App;
use crate::decisions::door::request_id;
use crate::decisions::trail;
use crate::iam::origin::Origin;
use crate::kit::causes::Causes;
use crate::policy::Verdict;
use crate::store::StoreError;

/// Why a request may not pass.
enum Refused {
    /// 401.
    Unauthenticated { challenge: &'static str, message: String },
    /// 403.
    Forbidden(String),
    /// 500.
    Internal(Box<dyn std::error::Error>),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Unidentified> for Refused {
    fn from(unidentified: Unidentified) -> Self {
        match unidentified {
            Unidentified::Missing => Self::Unauthenticated {
                challenge: r#"Bearer realm="passwright""#,
                message: "the request has neither a signature nor a bearer token".to_owned(),
            },
            Unidentified::Signature(message) => Self::Unauthenticated { challenge: r#"AWS4-HMAC-SHA256 realm="passwright""#, message },
            Unidentified::Token(message) => {
                Self::Unauthenticated { challenge: r#"Bearer realm="passwright", error="invalid_token""#, message }
            }
            Unidentified::Forbidden(message) => Self::Forbidden(message),
            Unidentified::Internal(error) => Self::Internal(error),
        }
    }
}

/// Answers 200, 401 or 403: proxies pass the first on, and know no other refusal.
pub async fn handle(app: Data<App>, rules: Data<Rules>, request: HttpRequest) -> HttpResponse {
    let mut response = match judge(&app, &rules, &request).await {
        Ok((principal, Identified { subject, body_sha256, .. })) => {
            let mut response = HttpResponse::Ok();
            response.insert_header(("X-Passwright-Principal", principal)).insert_header(("X-Passwright-Subject", subject));
            // SECURITY: empty where nothing was signed: a proxy that only overwrites what is answered would let the client's
            // own pass.
            response.insert_header(("X-Passwright-Content-Sha256", body_sha256.unwrap_or_default())).finish()
        }
        Err(Refused::Unauthenticated { challenge, message }) => {
            HttpResponse::Unauthorized().insert_header(("WWW-Authenticate", challenge)).json(json!({"message": message}))
        }
        Err(Refused::Forbidden(message)) => HttpResponse::Forbidden().json(json!({"message": message})),
        Err(Refused::Internal(error)) => {
            let id = request_id(&app, &request);
            tracing::error!(request_id = ?id, error = %Causes(error.as_ref()), "forward-auth failed");
            HttpResponse::InternalServerError().insert_header(("x-request-id", id)).json(json!({"message": "Internal error."}))
        }
    };
    let no_store = actix_web::http::header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, no_store);
    response
}

/// The principal's ARN, and who it is, if the request may pass.
async fn judge(app: &App, rules: &Rules, request: &HttpRequest) -> Result<(String, Identified), Refused> {
    let forbidden = |why: &dyn std::fmt::Display| Refused::Forbidden(why.to_string());
    // SECURITY: first of all, for whoever can write these headers themselves chooses what is judged.
    if !authz::by_trusted_proxy(app, request) {
        return Err(forbidden(&"the caller is not one of the trusted proxies"));
    }
    let headers: Vec<(&str, &[u8])> = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let original = Original::of(&headers).map_err(|refused| forbidden(&refused))?;
    let path = DecodedPath::parse(&original.path).map_err(|refused| forbidden(&refused))?;
    let matched = rules.find(&original.method, &original.host, &path).map_err(|refused| forbidden(&refused))?;
    let origin = Origin { secure: original.secure, ..client_origin(app, request) };
    let identified = credential::identify(app, &original, &headers, &matched, &origin).await?;

    let mut keys = authz::request_keys(&identified.caller, app.now(), &identified.region);
    origin.add_keys(&mut keys);
    let decision = authz::decide_on(app, &identified.caller, &matched.action, &matched.resource, &keys).await?;
    let denial = match decision.verdict {
        Verdict::Allowed => None,
        Verdict::ExplicitDeny | Verdict::ImplicitDeny => {
            Some(authz::denial(&identified.caller, &matched.action, &matched.resource, &decision))
        }
    };
    let account_id = identified.caller.account_id().unwrap_or(&app.first_account_id);
    let principal = identified.caller.principal().to_string();
    let details = Details { reason: denial.clone(), source_ip: origin.source_ip.map(|address| address.to_string()), ..Details::default() };
    trail::note_of(app, account_id, principal.clone(), (matched.action, matched.resource), details);
    denial.map_or(Ok((principal, identified)), |denial| Err(Refused::Forbidden(denial)))
}

/// SECURITY: a proxy that doesn't say whom it forwards for leaves the address unknown; its own would let every client pass a
/// condition that is meant for the proxy's network.
fn client_origin(app: &App, request: &HttpRequest) -> Origin {
    let last = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    let nearest = last.and_then(|hops| hops.rsplit(',').next()).and_then(|hop| hop.trim().parse::<IpAddr>().ok());
    let origin = authz::origin(app, request);
    Origin { source_ip: origin.source_ip.filter(|_| nearest.is_some()), ..origin }
}
