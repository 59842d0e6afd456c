//! Client ID metadata documents: which addresses a client may be known by, and for how long what they say is remembered.
//!
//! Source: draft-ietf-oauth-client-id-metadata-document; Amazon Cognito developer guide, "Client ID metadata documents (CIMD)".

use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};

/// How many policies a pool has at most. AWS says that there is a limit and not which.
pub const MOST_IN_A_POOL: i64 = 100;

/// How long a document is remembered where neither it nor the policy says: a day, in seconds.
///
/// Source: Amazon Cognito API reference, CreateCIMDPolicy, CacheDuration.
pub const DEFAULT_CACHE_SECONDS: i64 = 86_400;

/// A policy: the addresses whose documents are taken, and the app client that they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CimdPolicy {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Lower-case alphanumerics.
    pub id: String,
    /// The app client; `None` once it is gone.
    pub client_id: Option<ClientId>,
    /// What people call it.
    pub name: String,
    /// How long a document is remembered that does not say so itself: seconds.
    pub cache_seconds: i64,
    /// What addresses must be like; `*` stands for any text within its part.
    pub url_patterns: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// A document that was fetched for a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedDocument {
    /// Where it is from.
    pub url: String,
    /// What it says.
    pub document: String,
    /// When it was fetched.
    pub cached_at: Timestamp,
    /// Until when it is believed.
    pub expires_at: Timestamp,
}

/// Why a pattern is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternRefused {
    /// Anybody can have a host of it.
    #[error("Invalid URL pattern: {0}. The wildcard can stand for labels below a domain of at least two labels, and in the path.")]
    OpenHost(String),
    /// Not an address that a document can have.
    #[error("Invalid URL pattern: {0}. A pattern has a host and a path, and no user, query or fragment.")]
    NotAnAddress(String),
    /// One pattern twice.
    #[error("Duplicate URL pattern: {0}.")]
    Twice(String),
}

impl CimdPolicy {
    /// Whether a document at this address is the policy's.
    #[must_use]
    pub fn takes(&self, url: &str) -> bool {
        self.url_patterns.iter().any(|pattern| matches(pattern, url))
    }
}

/// Whether these can be a policy's patterns.
///
/// SECURITY: a wildcard where the registered domain is would take everybody's documents: a pattern's host ends with two labels
/// that are written out.
///
/// # Errors
/// [`PatternRefused`].
pub fn check_patterns(patterns: &[String]) -> Result<(), PatternRefused> {
    for (index, pattern) in patterns.iter().enumerate() {
        let Some((host, path)) = parts(pattern) else { return Err(PatternRefused::NotAnAddress(pattern.clone())) };
        let labels: Vec<&str> = host.split('.').collect();
        let ends_written_out = labels.iter().rev().take(2).filter(|label| !label.is_empty() && !label.contains('*')).count() == 2;
        let is_whole = labels.iter().all(|label| !label.is_empty() && (!label.contains('*') || *label == "*"));
        if !ends_written_out || !is_whole {
            return Err(PatternRefused::OpenHost(pattern.clone()));
        }
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(PatternRefused::NotAnAddress(pattern.clone()));
        }
        if patterns.iter().skip(index + 1).any(|other| other == pattern) {
            return Err(PatternRefused::Twice(pattern.clone()));
        }
    }
    Ok(())
}

/// Whether an address fits a pattern: the host label by label, its `*` for one label or more; the path by its text.
#[must_use]
pub fn matches(pattern: &str, url: &str) -> bool {
    let (Some((pattern_host, pattern_path)), Some((host, path))) = (parts(pattern), parts(url)) else { return false };
    // SECURITY: what a server may read as another path than it is written is no address of a document (RFC 3986, 5.2.4).
    let is_plain = !host.contains('*') && !path.split('/').any(|segment| matches!(segment, "." | ".."));
    is_plain && fits(&pattern_host.to_ascii_lowercase(), &host.to_ascii_lowercase()) && fits(pattern_path, path)
}

/// Host (with its port) and path of an https address; `None` for what has a user, a query or a fragment, or no path.
fn parts(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://")?;
    let (host, path) = rest.split_at_checked(rest.find('/')?)?;
    let is_address = !host.is_empty() && !rest.contains(['@', '?', '#', '\\', '%', ' ']);
    is_address.then_some((host, path))
}

/// Whether a text fits a pattern whose `*` stands for one character or more.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    let mut rest = rest;
    for piece in middle {
        let Some(at) = rest.char_indices().skip(1).map(|(at, _)| at).find(|at| rest.get(*at..).is_some_and(|rest| rest.starts_with(piece)))
        else {
            return false;
        };
        rest = rest.get(at + piece.len()..).unwrap_or_default();
    }
    rest.len() > last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fits_a_pattern_part_by_part() {
        for (pattern, url, expected) in [
            ("https://app.example.com/c.json", "https://app.example.com/c.json", true),
            ("https://app.example.com/c.json", "https://APP.example.com/c.json", true),
            ("https://app.example.com/c.json", "https://app.example.com/C.json", false),
            ("https://*.example.com/c.json", "https://a.example.com/c.json", true),
            ("https://*.example.com/c.json", "https://example.com/c.json", false),
            ("https://*.example.com/c.json", "https://evilexample.com/c.json", false),
            ("https://*.example.com/*", "https://evil.com/x.example.com/c", false),
            ("https://*.example.com/*", "https://evil.com#.example.com/c", false),
            ("https://*.example.com/*", "https://evil.com?.example.com/c", false),
            ("https://*.example.com/*", "https://user@a.example.com/c", false),
            ("https://*.example.com/*", "http://a.example.com/c", false),
            ("https://a.example.com/clients/*", "https://a.example.com/clients/one/two.json", true),
            ("https://a.example.com/clients/*", "https://a.example.com/clients/", false),
            ("https://a.example.com/clients/*", "https://a.example.com/clients/../c", false),
            ("https://a.example.com/clients/*", "https://a.example.com/clients/%2e%2e/c", false),
            ("https://a.example.com/*/c.json", "https://a.example.com/one/c.json", true),
            ("https://a.example.com/*/c.json", "https://a.example.com/c.json", false),
            ("https://a.example.com/c*n", "https://a.example.com:8443/c.json", false),
        ] {
            assert_eq!(matches(pattern, url), expected, "{pattern} {url}");
        }
    }

    #[test]
    fn a_pattern_that_takes_everybodys_documents_is_refused() {
        for (pattern, accepted) in [
            ("https://app.example.com/*", true),
            ("https://*.example.com/c.json", true),
            ("https://*.com/c.json", false),
            ("https://*/c.json", false),
            ("https://example.*/c.json", false),
            ("https://app*.example.com/c.json", false),
            ("https://localhost/c.json", false),
            ("https://app.example.com", false),
            ("https://app.example.com/a?b", false),
            ("https://user@app.example.com/a", false),
            ("https://app.example.com/../a", false),
        ] {
            assert_eq!(check_patterns(&[pattern.to_owned()]).is_ok(), accepted, "{pattern}");
        }
        let twice = vec!["https://a.example.com/*".to_owned(); 2];
        assert_eq!(check_patterns(&twice), Err(PatternRefused::Twice("https://a.example.com/*".to_owned())));
    }
}
