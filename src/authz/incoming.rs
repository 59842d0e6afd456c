//! From an HTTP request to what authorization asks of it: its signature, and where it comes from.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;

use super::authenticate::{CredentialRefused, authenticate};
use crate::config::Transport;
use crate::context::App;
use crate::iam::caller::Caller;
use crate::policy::ContextMap;
use crate::sigv4::{self, Scope, SignatureError};

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address: the connection's, or what a trusted proxy says of it.
    pub source_ip: Option<IpAddr>,
    /// Whether it came over TLS, to us or to a trusted proxy.
    pub secure: bool,
    /// As the client names itself.
    pub user_agent: Option<String>,
}

impl Origin {
    /// Adds the condition keys that say where the request comes from.
    ///
    /// Source: IAM user guide, "AWS global condition context keys", properties of the network and of the request.
    pub fn add_keys(&self, context: &mut ContextMap) {
        if let Some(address) = self.source_ip {
            context.insert("aws:SourceIp", address.to_string());
        }
        context.insert("aws:SecureTransport", self.secure.to_string());
        context.insert("aws:ViaAWSService", "false");
        if let Some(user_agent) = &self.user_agent {
            context.insert("aws:UserAgent", user_agent.clone());
        }
    }

    /// SECURITY: anybody can write the forwarding headers. They are believed of a trusted proxy only, and of the addresses
    /// that they list, from the nearest on, only as far as the one who reported it is trusted too.
    fn of(peer: Option<IpAddr>, secure: bool, forwarded_for: &str, forwarded_proto: &str, trusted: &[IpNet]) -> Self {
        let is_trusted = |address: &IpAddr| trusted.iter().any(|range| range.contains(address));
        let mut source = peer.map(|address| address.to_canonical());
        let by_proxy = source.as_ref().is_some_and(is_trusted);
        for hop in forwarded_for.rsplit(',').map(str::trim) {
            match hop.parse::<IpAddr>() {
                Ok(address) if source.as_ref().is_some_and(is_trusted) => source = Some(address.to_canonical()),
                Ok(_) | Err(_) => break,
            }
        }
        let secure = if by_proxy { secure || forwarded_proto.trim().eq_ignore_ascii_case("https") } else { secure };
        Self { source_ip: source, secure, user_agent: None }
    }
}

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

    #[test]
    fn forwarding_headers_are_believed_of_trusted_proxies_only() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "::1/128"].iter().map(|range| range.parse().unwrap()).collect();
        for (peer, forwarded, expected) in [
            ("203.0.113.9", "", "203.0.113.9"),
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
            ("::1", "2001:db8::1", "2001:db8::1"),
        ] {
            let found = Origin::of(peer.parse().ok(), false, forwarded, "https", &trusted);
            assert_eq!(found.source_ip, expected.parse().ok(), "{peer} forwarding {forwarded:?}");
            assert_eq!(found.secure, !peer.starts_with("203"), "{peer}");
        }
    }
}
