//! Terms that users agree to when they sign up: a document of a client, as links by language.

use std::collections::BTreeMap;

use super::web_address::is_http_or_https;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};

/// The language that stands for all that have no link of their own.
const DEFAULT: &str = "cognito:default";

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The pool.
    pub pool_id: UserPoolId,
    /// A UUID.
    pub id: String,
    /// The client.
    pub client_id: ClientId,
    /// `terms-of-use` or `privacy-policy`: a client has each once.
    pub name: String,
    /// An address a language.
    pub links: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// What the links of a language are found by.
///
/// Source: Amazon Cognito API reference, CreateTerms, Links.
const LANGUAGES: [(&str, &str); 11] = [
    ("en", "cognito:english"),
    ("fr", "cognito:french"),
    ("es", "cognito:spanish"),
    ("de", "cognito:german"),
    ("id", "cognito:bahasa-indonesia"),
    ("it", "cognito:italian"),
    ("ja", "cognito:japanese"),
    ("ko", "cognito:korean"),
    ("pt-BR", "cognito:portuguese-brazil"),
    ("zh-CN", "cognito:simplified-chinese"),
    ("zh-TW", "cognito:traditional-chinese"),
];

impl Terms {
    /// The address for who reads the language of this tag.
    #[must_use]
    pub fn link(&self, tag: &str) -> Option<&str> {
        let named = LANGUAGES.iter().find(|(known, _)| *known == tag).map(|(_, name)| *name);
        named.and_then(|name| self.links.get(name)).or_else(|| self.links.get(DEFAULT)).map(String::as_str)
    }
}

/// Why links are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinksRefused {
    /// Nothing for who has no link of their own.
    #[error("Links must contain a link for cognito:default.")]
    NoDefault,
    /// No address, of this language.
    #[error("The link for {0} is not a valid URL.")]
    NoAddress(String),
}

/// Whether there is a link for everybody, and each is one that a page may show.
///
/// # Errors
/// [`LinksRefused`].
pub fn check_links(links: &BTreeMap<String, String>) -> Result<(), LinksRefused> {
    if !links.contains_key(DEFAULT) {
        return Err(LinksRefused::NoDefault);
    }
    let bad = links.iter().find(|(_, address)| !is_http_or_https(address));
    bad.map_or(Ok(()), |(language, _)| Err(LinksRefused::NoAddress(language.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_link_for_everybody_and_each_is_an_address() {
        let links =
            |pairs: &[(&str, &str)]| check_links(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
        assert_eq!(links(&[("cognito:default", "https://a.example"), ("cognito:german", "http://a.example/de")]), Ok(()));
        assert_eq!(links(&[("cognito:german", "https://a.example")]), Err(LinksRefused::NoDefault));
        for address in ["javascript:alert(1)", "a.example", "//a.example", "data:text/html,x"] {
            assert_eq!(links(&[("cognito:default", address)]), Err(LinksRefused::NoAddress(DEFAULT.into())), "{address}");
        }
    }
}
