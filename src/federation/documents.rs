//! What providers publish of themselves: discovery documents and keys, remembered for a while.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;

use super::{Federation, NotBelieved};
use crate::kit::budget::Budget;
use crate::kit::cache::Cache;
use crate::kit::clock::Timestamp;
use crate::kit::outward::{Question, Unreached};
use crate::userpools::identity_provider::SamlMetadata;
use crate::userpools::web_address::is_of_provider;

/// How many documents of each kind are remembered.
const REMEMBERED: usize = 1000;

/// For how long.
const FRESH: Duration = Duration::from_secs(3600);

/// A key that is not among those remembered has them asked for anew, so often at most.
const ANEW: Duration = Duration::from_secs(60);

/// So often within that is a document asked for that cannot be had.
const MOST_ASKED: u32 = 30;

/// For how long a document that others have asked for is waited for.
const WAITING: Duration = Duration::from_secs(6);

/// The most keys that are read of a set.
const MOST_KEYS: usize = 100;

/// What a discovery document says (OpenID Connect Discovery 1.0 §3; RFC 8414 §2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Who the provider is.
    pub issuer: String,
    /// Where people are sent.
    pub authorization_endpoint: Option<String>,
    /// Where codes are exchanged.
    pub token_endpoint: Option<String>,
    /// Where it tells of a user.
    pub userinfo_endpoint: Option<String>,
    /// Where its keys are.
    pub jwks_uri: Option<String>,
    /// Whether it says in its answers who answers (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Whether all its addresses are such as settings take.
    fn is_reached(&self, here_too: bool) -> bool {
        let addresses = [&self.authorization_endpoint, &self.token_endpoint, &self.userinfo_endpoint, &self.jwks_uri];
        addresses.into_iter().flatten().all(|address| is_of_provider(address, here_too))
    }
}

/// What is remembered.
pub(super) struct Documents {
    metadata: Cache<String, Metadata>,
    keys: Cache<String, Vec<Jwk>>,
    saml: Cache<String, SamlMetadata>,
    asked_anew: Budget<String>,
    /// SECURITY: what cannot be had is asked for again by whoever comes, so that strangers could have us ask without end.
    asked: Budget<String>,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            metadata: Cache::of_what_follows_from_keys(REMEMBERED, FRESH),
            keys: Cache::of_what_follows_from_keys(REMEMBERED, FRESH),
            saml: Cache::of_what_follows_from_keys(REMEMBERED, FRESH),
            asked_anew: Budget::new(1, ANEW),
            asked: Budget::new(MOST_ASKED, ANEW),
        }
    }
}

impl Documents {
    /// SECURITY: a document is its issuer's only where it says so itself (OpenID Connect Discovery 1.0 §4.3): else one provider would
    /// speak for another.
    pub(super) async fn metadata(&self, federation: &Federation, issuer: &str, now: Timestamp) -> Result<Arc<Metadata>, NotBelieved> {
        let load = async || {
            let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
            self.may_ask(&url, now)?;
            let found = federation.object("the discovery document", Question::get(&url)).await?;
            let metadata: Metadata =
                serde_json::from_value(Value::Object(found)).map_err(|_| NotBelieved::Answer("the discovery document is none"))?;
            if !metadata.is_reached(federation.outward.reaches_here()) {
                return Err(NotBelieved::Answer("the discovery document has an address that is not one of https"));
            }
            if metadata.issuer == issuer {
                Ok(Some(metadata))
            } else {
                Err(NotBelieved::Answer("the discovery document is another issuer's"))
            }
        };
        let found = patiently(self.metadata.find(&issuer.to_owned(), now, load)).await?;
        found.ok_or(NotBelieved::Answer("there is no discovery document"))
    }

    pub(super) async fn saml_metadata(&self, federation: &Federation, url: &str, now: Timestamp) -> Result<Arc<SamlMetadata>, NotBelieved> {
        let load = async || {
            self.may_ask(url, now)?;
            let text = federation.text("the SAML metadata", url).await?;
            SamlMetadata::read(&text).map(Some).map_err(|_| NotBelieved::Answer("the SAML metadata is none"))
        };
        let found = patiently(self.saml.find(&url.to_owned(), now, load)).await?;
        found.ok_or(NotBelieved::Answer("there is no SAML metadata"))
    }

    /// The key of this id, or the only one where none is named. One that is not known may be new.
    pub(super) async fn key(&self, federation: &Federation, url: &str, kid: Option<&str>, now: Timestamp) -> Result<Jwk, NotBelieved> {
        let missing = || NotBelieved::IdToken("its key is none of the provider's");
        if let Some(key) = chosen(&self.keys(federation, url, now).await?, kid) {
            return Ok(key);
        }
        if !self.asked_anew.spend(&url.to_owned(), now) {
            return Err(missing());
        }
        self.keys.forget(&url.to_owned());
        chosen(&self.keys(federation, url, now).await?, kid).ok_or_else(missing)
    }

    fn may_ask(&self, url: &str, now: Timestamp) -> Result<(), NotBelieved> {
        if self.asked.spend(&url.to_owned(), now) { Ok(()) } else { Err(NotBelieved::Answer("it could not be had lately")) }
    }

    async fn keys(&self, federation: &Federation, url: &str, now: Timestamp) -> Result<Arc<Vec<Jwk>>, NotBelieved> {
        let load = async || {
            self.may_ask(url, now)?;
            let mut found = federation.object("the key set", Question::get(url)).await?;
            let Some(Value::Array(keys)) = found.remove("keys") else { return Err(NotBelieved::Answer("the key set is none")) };
            // What is no key that we know is no key of ours (RFC 7517 §5).
            Ok(Some(keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok()).collect()))
        };
        let found = patiently(self.keys.find(&url.to_owned(), now, load)).await?;
        found.ok_or(NotBelieved::Answer("there is no key set"))
    }
}

/// Of those who ask for one document, one asks and the others wait: for no longer than it takes to know that nobody answers.
async fn patiently<T>(asking: impl Future<Output = Result<T, NotBelieved>>) -> Result<T, NotBelieved> {
    let late = |_| NotBelieved::Unreached { what: "a document", why: Unreached::TimedOut };
    tokio::time::timeout(WAITING, asking).await.map_err(late)?
}

fn chosen(keys: &[Jwk], kid: Option<&str>) -> Option<Jwk> {
    match (kid, keys) {
        (Some(kid), keys) => keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid)).cloned(),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}
