//! Where a request comes from: its address, its transport, and who is believed about them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::policy::ContextMap;

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
    #[must_use]
    pub fn of(peer: Option<IpAddr>, secure: bool, forwarded_for: &str, forwarded_proto: &str, trusted: &[IpNet]) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

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
