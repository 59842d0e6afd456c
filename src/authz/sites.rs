//! Which sites `dev` lets act as its root: there any key does, so a page that a developer happens to visit must not.

use std::net::IpAddr;

use url::{Host, Url};

use crate::context::App;

/// Endings of names that no public DNS gives to anybody.
///
/// Source: RFC 6761 (`localhost`, `test`), RFC 6762 (`local`), RFC 8375 (`home.arpa`), ICANN Board resolution 2024.07.29.06
/// (`internal`).
const PRIVATE: [&str; 5] = [".localhost", ".test", ".local", ".home.arpa", ".internal"];

/// Whether a request was made by a page of a public site that is not the deployment's own, as far as its headers say: by `Origin`,
/// which a browser sends with what it sends across origins and with every POST (Fetch §3.2), or by `Host`, which is an attacker's
/// name where their DNS gives it this machine's address.
#[must_use]
pub fn is_of_a_public_site(app: &App, origin: Option<String>, host: Option<String>) -> bool {
    let own = Url::parse(&app.public_url).ok();
    let is_own = |url: &Url| own.as_ref().is_some_and(|own| own.host() == url.host());
    let is_trusted = |url: &str| Url::parse(url).is_ok_and(|url| is_own(&url) || url.host().is_some_and(|host| is_private(&host)));
    let host = host.map(|host| format!("http://{host}/"));
    // What hides where it is from (`null`) is trusted no more than what says so.
    [origin, host].into_iter().flatten().any(|url| !is_trusted(&url))
}

/// Whether a host is of this machine or its network: an address there, or a name that nobody else can have.
fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || PRIVATE.iter().any(|ending| name.ends_with(ending))
        }
        Host::Ipv4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Host::Ipv6(address) => match IpAddr::V6(*address).to_canonical() {
            IpAddr::V4(address) => is_private(&Host::Ipv4(address)),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn public_sites_are_told_from_this_network_and_from_the_deployments_own_address() {
        let app = TestApp::new().await;
        let from = |origin: Option<&str>, host: &str| is_of_a_public_site(&app.app, origin.map(str::to_owned), Some(host.to_owned()));
        for trusted in [
            "http://localhost:3000",
            "http://app.localhost",
            "http://127.0.0.1:5173",
            "http://[::1]:8080",
            "http://192.168.1.20:3000",
            "https://app.test",
            "http://web:3000",
            "http://[::ffff:10.0.0.1]",
        ] {
            assert!(!from(Some(trusted), "127.0.0.1:7277"), "{trusted}");
        }
        for public in
            ["https://evil.example", "http://localhost.evil.example", "http://8.8.8.8", "null", "", "http://[2001:db8::1]", "file://"]
        {
            assert!(from(Some(public), "127.0.0.1:7277"), "{public}");
        }
        for (host, is_public) in [
            ("127.0.0.1:7277", false),
            ("localhost:7277", false),
            ("host.docker.internal:7277", false),
            ("passwright", false),
            ("rebound.evil.example:7277", true),
            ("evil.example.", true),
            ("a b", true),
        ] {
            assert_eq!(from(None, host), is_public, "{host}");
        }
        let own = Url::parse(&app.app.public_url).unwrap();
        assert!(!from(Some(own.as_str().trim_end_matches('/')), own.host_str().unwrap()));
    }
}
