//! The relying party that a pool's passkeys are made for, and the pages that may use them.

use serde::{Deserialize, Serialize};

use crate::userpools::first_factor;
use crate::userpools::pool::Pool;

/// The host that browsers treat as secure without TLS.
const LOCALHOST: &str = "localhost";

/// What a pool asks of passkeys, in AWS's shape: SetUserPoolMfaConfig sets it, GetUserPoolMfaConfig answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WebAuthnConfiguration {
    /// The domain that passkeys are made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relying_party_id: Option<String>,
    /// Whether authenticators must verify who uses them; absent means that they are asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<UserVerification>,
    /// Whether a passkey is all the factors that a pool with MFA asks for; absent means that it is one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor_configuration: Option<FactorConfiguration>,
}

/// Whether authenticators must verify who uses them: by a PIN, a finger or a face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserVerification {
    /// They must.
    Required,
    /// They are asked to.
    #[default]
    Preferred,
}

/// How many factors a passkey is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactorConfiguration {
    /// One.
    #[default]
    SingleFactor,
    /// With a verified user it is two: what they have, and what they are or know.
    MultiFactorWithUserVerification,
}

/// What is no domain that passkeys can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a relying party's id is a domain name in small letters, or `localhost`")]
pub struct NoDomain;

/// Why a pool has no passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPasskeys {
    /// They are none of its first factors.
    #[error("passkeys are none of the pool's first factors")]
    NotEnabled,
    /// Nothing says for which domain.
    #[error("the pool has neither a relying party's id nor a domain")]
    ConfigurationMissing,
}

impl WebAuthnConfiguration {
    /// Refuses a relying party's id that no browser would make a passkey for.
    ///
    /// # Errors
    /// [`NoDomain`].
    pub fn check(&self) -> Result<(), NoDomain> {
        match &self.relying_party_id {
            Some(id) if !is_domain(id) => Err(NoDomain),
            _ => Ok(()),
        }
    }

    /// Whether a passkey of a verified user is all the factors that a pool with MFA asks for.
    #[must_use]
    pub fn is_multi_factor(&self) -> bool {
        self.factor_configuration == Some(FactorConfiguration::MultiFactorWithUserVerification)
    }

    /// What authenticators are asked for. A passkey that is two factors is one of a verified user.
    ///
    /// Source: API reference, WebAuthnFactorConfigurationType.
    #[must_use]
    pub fn verification(&self) -> UserVerification {
        if self.is_multi_factor() { UserVerification::Required } else { self.user_verification.unwrap_or_default() }
    }
}

impl UserVerification {
    /// The wire's word, which is WebAuthn's too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
        }
    }
}

/// The relying party of a pool's passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// Its id, a domain.
    pub id: String,
    /// What its authenticators are asked for.
    pub verification: UserVerification,
}

impl RelyingParty {
    /// Of a pool.
    ///
    /// # Errors
    /// [`NoPasskeys`].
    pub fn of_pool(pool: &Pool) -> Result<Self, NoPasskeys> {
        if !first_factor::lists_passkeys(pool) {
            return Err(NoPasskeys::NotEnabled);
        }
        Self::of(pool.configuration.web_authn_configuration.as_ref(), None)
    }

    /// Of a configuration. `domain` is the pool's own, which stands in where no id is set.
    ///
    /// Source: API reference, WebAuthnConfigurationMissingException: "a configured relying party id or a user pool domain".
    ///
    /// # Errors
    /// [`NoPasskeys::ConfigurationMissing`].
    pub fn of(configuration: Option<&WebAuthnConfiguration>, domain: Option<&str>) -> Result<Self, NoPasskeys> {
        let set = configuration.and_then(|configuration| configuration.relying_party_id.as_deref());
        let id = set.or(domain).ok_or(NoPasskeys::ConfigurationMissing)?.to_owned();
        Ok(Self { id, verification: configuration.map(WebAuthnConfiguration::verification).unwrap_or_default() })
    }
}

/// Whether a page of this origin may use passkeys of a relying party: it is on the relying party's domain or below it, by TLS,
/// at any port. On `localhost`, which never leaves the machine, TLS may be missing.
///
/// Source: WebAuthn Level 3 §13.4.9, "Validating the origin of a credential".
#[must_use]
pub(super) fn is_own_page(origin: &str, relying_party_id: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else { return false };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let has_port = port.is_none_or(|port| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let below = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'));
    let is_secure = match scheme {
        "https" => true,
        "http" => below(LOCALHOST),
        _ => false,
    };
    has_port && is_secure && is_host(host) && below(relying_party_id)
}

/// A domain as browsers write it: small letters, digits and hyphens, of at least two labels, the last of which is no number.
/// Whether it is a public suffix is for browsers to say, which keep the list: they make no passkey for one.
fn is_domain(id: &str) -> bool {
    let is_address = id.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    id == LOCALHOST || is_host(id) && id.contains('.') && !is_address
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let may = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(may) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_is_used_on_its_domains_pages_and_on_no_others() {
        let cases = [
            ("https://example.com", "example.com", true),
            ("https://example.com:8443", "example.com", true),
            ("https://auth.example.com", "example.com", true),
            ("https://a.b.example.com:65535", "example.com", true),
            ("https://localhost", "localhost", true),
            ("http://localhost", "localhost", true),
            ("http://localhost:3000", "localhost", true),
            ("http://app.localhost:3000", "localhost", true),
            ("http://example.com", "example.com", false),
            ("https://example.com", "auth.example.com", false),
            ("https://evilexample.com", "example.com", false),
            ("https://example.com.evil.test", "example.com", false),
            ("https://example.com@evil.test", "example.com", false),
            ("https://evil.test/example.com", "example.com", false),
            ("https://evil.test#.example.com", "example.com", false),
            ("https://evil.test\\.example.com", "example.com", false),
            ("https://.example.com", "example.com", false),
            ("https://EXAMPLE.com", "example.com", false),
            ("https://example.com/", "example.com", false),
            ("https://example.com:", "example.com", false),
            ("https://example.com:+443", "example.com", false),
            ("https://example.com:99999", "example.com", false),
            ("https://example.com:443:443", "example.com", false),
            ("ftp://example.com", "example.com", false),
            ("http://localhost.example.com", "example.com", false),
            ("http://notlocalhost", "localhost", false),
            ("android:apk-key-hash:AAAA", "example.com", false),
            ("example.com", "example.com", false),
            ("null", "example.com", false),
            ("", "example.com", false),
        ];
        for (origin, relying_party_id, may) in cases {
            assert_eq!(is_own_page(origin, relying_party_id), may, "{origin} for {relying_party_id}");
        }
    }

    #[test]
    fn a_relying_party_is_a_domain() {
        let cases = [
            ("example.com", true),
            ("auth.example.co.uk", true),
            ("xn--bcher-kva.example", true),
            ("localhost", true),
            ("com", false),
            ("example.com.", false),
            (".example.com", false),
            ("Example.com", false),
            ("example.com:443", false),
            ("https://example.com", false),
            ("-a.example.com", false),
            ("a_b.example.com", false),
            ("127.0.0.1", false),
            ("::1", false),
            ("", false),
        ];
        for (id, is) in cases {
            let configuration = WebAuthnConfiguration { relying_party_id: Some(id.to_owned()), ..WebAuthnConfiguration::default() };
            assert_eq!(configuration.check().is_ok(), is, "{id}");
        }
    }

    #[test]
    fn a_pools_domain_stands_in_for_an_id_and_two_factors_want_a_verified_user() {
        use FactorConfiguration::{MultiFactorWithUserVerification, SingleFactor};
        use UserVerification::{Preferred, Required};
        let of = |id: Option<&str>, verification, factors, domain| {
            let (relying_party_id, user_verification, factor_configuration) = (id.map(str::to_owned), verification, factors);
            let configuration = WebAuthnConfiguration { relying_party_id, user_verification, factor_configuration };
            RelyingParty::of(Some(&configuration), domain).map(|party| (party.id, party.verification))
        };
        let party = |id: &str, verification| Ok((id.to_owned(), verification));
        assert_eq!(of(Some("a.test"), None, None, None), party("a.test", Preferred));
        assert_eq!(of(Some("a.test"), Some(Required), None, Some("b.test")), party("a.test", Required));
        assert_eq!(of(None, None, Some(SingleFactor), Some("b.test")), party("b.test", Preferred));
        assert_eq!(of(None, Some(Preferred), Some(MultiFactorWithUserVerification), Some("b.test")), party("b.test", Required));
        assert_eq!(of(None, None, None, None), Err(NoPasskeys::ConfigurationMissing));
        assert_eq!(RelyingParty::of(None, None), Err(NoPasskeys::ConfigurationMissing));
    }
}
