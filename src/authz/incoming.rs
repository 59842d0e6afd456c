//! From an HTTP request to what authorization asks of it: its signature, and where it comes from.

use actix_web::HttpRequest;

use super::authenticate::{CredentialRefused, authenticate};
use super::sites::is_of_a_public_site;
use crate::config::Transport;
use crate::context::App;
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::sigv4::{self, Scope, SignatureError};

/// Where a request comes from.
#[must_use]
pub fn origin(app: &App, request: &HttpRequest) -> Origin {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let peer = request.peer_addr().map(|address| address.ip());
    let forwarded: Vec<&str> = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let proto = header("x-forwarded-proto").unwrap_or_default();
    let secure = request.app_data::<Transport>() == Some(&Transport::Tls);
    let found = Origin::of(peer, secure, &forwarded.join(","), proto, &app.trusted_proxies);
    Origin { user_agent: header("user-agent").map(str::to_owned), ..found }
}

/// Whether a request comes from a proxy that is believed.
#[must_use]
pub fn by_trusted_proxy(app: &App, request: &HttpRequest) -> bool {
    let peer = request.peer_addr().map(|address| address.ip().to_canonical());
    peer.is_some_and(|peer| app.trusted_proxies.iter().any(|range| range.contains(&peer)))
}

/// The host that a request names, with its port.
#[must_use]
pub fn host(request: &HttpRequest) -> Option<String> {
    let authority = request.uri().authority().map(|authority| authority.as_str().to_owned());
    authority.or_else(|| header(request, "host"))
}

fn header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Whether a page of a public site made a request, which `dev` does nothing for that it does for whoever sits at this machine.
#[must_use]
pub fn by_a_public_site(app: &App, request: &HttpRequest) -> bool {
    is_of_a_public_site(app, header(request, "origin"), host(request))
}

/// The headers of a request as its signature sees them: in HTTP/2 the host is named by `:authority`.
///
/// SECURITY: a request that names two hosts was signed for one of them and may be meant for the other (RFC 9113 §8.3.1).
///
/// # Errors
/// [`SignatureError::Host`].
pub fn signed_headers(request: &HttpRequest) -> Result<Vec<(&str, &[u8])>, SignatureError> {
    let mut headers: Vec<(&str, &[u8])> = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let Some(authority) = request.uri().authority().map(|authority| authority.as_str()) else { return Ok(headers) };
    let mut hosts = headers.iter().filter(|(name, _)| *name == "host").map(|(_, value)| *value);
    match (hosts.next(), hosts.next()) {
        (None, _) => headers.push(("host", authority.as_bytes())),
        (Some(host), None) if host.eq_ignore_ascii_case(authority.as_bytes()) => {}
        (Some(_), _) => return Err(SignatureError::Host),
    }
    Ok(headers)
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
    let headers = signed_headers(request)?;
    let signed = sigv4::HttpRequest {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.query_string(),
        headers: &headers,
        body: sigv4::Body::Bytes(body),
    };
    authenticate(app, &signed, services).await
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn host_of(uri: &str, hosts: &[&str]) -> Result<Option<String>, SignatureError> {
        let request = hosts.iter().fold(TestRequest::with_uri(uri), |request, host| request.append_header(("host", *host)));
        let request = request.to_http_request();
        let headers = signed_headers(&request)?;
        let host = headers.iter().find(|(name, _)| *name == "host");
        Ok(host.map(|(_, host)| String::from_utf8_lossy(host).into_owned()))
    }

    /// HTTP/2 puts the host into the URI, HTTP/1 into a header.
    #[test]
    fn both_transports_name_one_host() {
        for (uri, hosts, expected) in [
            ("/", &["a.example:7277"][..], Ok(Some("a.example:7277".to_owned()))),
            ("https://a.example:7277/", &[], Ok(Some("a.example:7277".to_owned()))),
            ("https://a.example/", &["A.example"], Ok(Some("A.example".to_owned()))),
            ("https://a.example/", &["b.example"], Err(SignatureError::Host)),
            ("https://a.example/", &[""], Err(SignatureError::Host)),
            ("https://a.example/", &["a.example", "a.example"], Err(SignatureError::Host)),
            ("/", &[], Ok(None)),
        ] {
            assert_eq!(host_of(uri, hosts), expected, "{uri} {hosts:?}");
        }
    }
}
