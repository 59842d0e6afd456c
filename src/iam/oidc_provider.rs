//! OpenID Connect providers of an account: whom its roles may trust to say who somebody is.
//!
//! Source: IAM API reference, CreateOpenIDConnectProvider; IAM user guide, "IAM and STS quotas".

use super::arn::Arn;
use super::entity::Tag;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};

/// How many providers an account has at most.
pub const PER_ACCOUNT: i64 = 100;

/// How many clients a provider has at most.
const MOST_CLIENTS: usize = 100;

/// How many thumbprints a provider has at most, and how long each is.
const MOST_THUMBPRINTS: usize = 5;
const THUMBPRINT: usize = 40;

/// The longest address that is taken, in bytes.
const LONGEST_URL: usize = 255;

/// An OpenID Connect provider.
#[derive(Clone, Debug)]
pub struct OidcProvider {
    /// The account.
    pub account_id: AccountId,
    /// Its own id, which no answer tells.
    pub id: UniqueId,
    /// The issuer, as its tokens have it.
    pub url: String,
    /// The clients, one of whom a token must be for.
    pub client_ids: Vec<String>,
    /// Kept and told: whom we trust by TLS is for our own authorities to say.
    pub thumbprints: Vec<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Why a provider is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderRefused {
    /// Its address is none.
    #[error("Invalid Open ID Connect Provider URL")]
    Url,
    /// It has more clients than one has.
    #[error("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MOST_CLIENTS}")]
    TooManyClients,
    /// It has more thumbprints than one has.
    #[error("Thumbprint list must contain fewer than {MOST_THUMBPRINTS} entries.")]
    TooManyThumbprints,
    /// One that is none.
    #[error("Invalid thumbprint: it is no hexadecimal SHA-1 hash.")]
    Thumbprint,
}

impl OidcProvider {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::oidc_provider(&self.account_id, self.name())
    }

    /// The issuer without its scheme.
    #[must_use]
    pub fn name(&self) -> &str {
        name_of(&self.url)
    }

    /// The same with these clients, each once.
    ///
    /// # Errors
    /// [`ProviderRefused::TooManyClients`].
    pub fn with_clients(self, clients: impl IntoIterator<Item = String>) -> Result<Self, ProviderRefused> {
        let mut client_ids = self.client_ids;
        for client in clients {
            if !client_ids.contains(&client) {
                client_ids.push(client);
            }
        }
        if client_ids.len() > MOST_CLIENTS { Err(ProviderRefused::TooManyClients) } else { Ok(Self { client_ids, ..self }) }
    }

    /// The same with other thumbprints.
    ///
    /// # Errors
    /// [`ProviderRefused`].
    pub fn with_thumbprints(self, thumbprints: Vec<String>) -> Result<Self, ProviderRefused> {
        if thumbprints.len() > MOST_THUMBPRINTS {
            return Err(ProviderRefused::TooManyThumbprints);
        }
        let is_one = |text: &String| text.len() == THUMBPRINT && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if thumbprints.iter().all(is_one) { Ok(Self { thumbprints, ..self }) } else { Err(ProviderRefused::Thumbprint) }
    }
}

/// An issuer without its scheme: what ARNs and condition keys call it.
#[must_use]
pub fn name_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// Whether an address may be an issuer's: without query and fragment, and short enough. Whether it is reached is for others to say.
///
/// # Errors
/// [`ProviderRefused::Url`].
///
/// SECURITY: condition keys begin with its name, so it has none that keys of others begin with: a service's, which has no dot, or identity
/// pools'.
pub fn check_url(url: &str) -> Result<(), ProviderRefused> {
    let name = name_of(url);
    let is_named = name.contains(['.', ':']) && !name.to_ascii_lowercase().starts_with("cognito-identity.amazonaws.com");
    let is_one = url.len() <= LONGEST_URL && !url.contains(['?', '#', '*', '%', '\\']) && is_named;
    if is_one { Ok(()) } else { Err(ProviderRefused::Url) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> OidcProvider {
        OidcProvider {
            account_id: "000000000000".into(),
            id: "OIDC1".into(),
            url: "https://a.example/b".to_owned(),
            client_ids: Vec::new(),
            thumbprints: Vec::new(),
            tags: Vec::new(),
            created_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_provider_is_called_by_its_issuer_without_the_scheme() {
        assert_eq!(provider().arn().as_str(), "arn:aws:iam::000000000000:oidc-provider/a.example/b");
        for (url, fits) in [
            ("https://a.example", true),
            ("https://a.example/b/", true),
            ("https://a.example?x=1", false),
            ("https://a.example#x", false),
            ("https://*.example", false),
            ("https://", false),
            ("https://aws", false),
            ("https://saml/x", false),
            ("https://Cognito-Identity.amazonaws.com", false),
            (&format!("https://{}.example", "a".repeat(250)), false),
        ] {
            assert_eq!(check_url(url).is_ok(), fits, "{url}");
        }
    }

    #[test]
    fn clients_and_thumbprints_are_bounded() {
        let clients = |count: usize| (0..count).map(|number| number.to_string());
        assert_eq!(provider().with_clients(clients(100)).unwrap().with_clients(clients(100)).unwrap().client_ids.len(), 100);
        assert_eq!(provider().with_clients(clients(101)).err(), Some(ProviderRefused::TooManyClients));
        let thumbprint = "a".repeat(40);
        assert!(provider().with_thumbprints(vec![thumbprint.clone(); 5]).is_ok());
        assert_eq!(provider().with_thumbprints(vec![thumbprint; 6]).err(), Some(ProviderRefused::TooManyThumbprints));
        for none in ["a".repeat(39), "g".repeat(40)] {
            assert_eq!(provider().with_thumbprints(vec![none]).err(), Some(ProviderRefused::Thumbprint));
        }
    }
}
