//! From an HTTP request to what authorization asks of it: its signature, and where it comes from.

use actix_web::HttpRequest;

use super::authenticate::{CredentialRefused, authenticate};
use crate::context::App;
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::sigv4::{self, Scope};

/// Where a request comes from.
#[must_use]
pub fn origin(app: &App, request: &HttpRequest) -> Origin {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let peer = request.peer_addr().map(|address| address.ip());
    let forwarded: Vec<&str> = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let proto = header("x-forwarded-proto").unwrap_or_default();
    let found = Origin::of(peer, request.app_config().secure(), &forwarded.join(","), proto, &app.trusted_proxies);
    Origin { user_agent: header("user-agent").map(str::to_owned), ..found }
}

/// Whether a request comes from a proxy that is believed.
#[must_use]
pub fn by_trusted_proxy(app: &App, request: &HttpRequest) -> bool {
    let peer = request.peer_addr().map(|address| address.ip().to_canonical());
    peer.is_some_and(|peer| app.trusted_proxies.iter().any(|range| range.contains(&peer)))
}

/// The caller of an HTTP request: [`authenticate`].
///
/// # Errors
/// [`CredentialRefused`].
pub async fn caller(
    app: &App,
    request: &HttpRequest,
    body: &[u8],
    services: &[&str],
) -> Result<(Caller, Option<Scope>), CredentialRefused> {
    let headers: Vec<(&str, &[u8])> = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let signed = sigv4::HttpRequest {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.query_string(),
        headers: &headers,
        body: sigv4::Body::Bytes(body),
    };
    authenticate(app, &signed, services).await
}
