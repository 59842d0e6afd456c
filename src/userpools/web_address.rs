//! Addresses on the web, as settings give them.

use http::Uri;

/// The longest address that is taken, in characters.
const LONGEST: usize = 2048;

/// Whether the text is an absolute address by `https` of a named host, without credentials and without anything unseen.
#[must_use]
pub fn is_https(text: &str) -> bool {
    is_of_scheme(text, &["https"])
}

/// The same, by `http` too.
#[must_use]
pub fn is_http_or_https(text: &str) -> bool {
    is_of_scheme(text, &["http", "https"])
}

/// Whether the text is an address of this very machine by `http`.
fn is_here(text: &str) -> bool {
    let host = text.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    is_of_scheme(text, &["http"]) && matches!(host.as_deref(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// Whether the text is an address that a provider may be at: by `https`, and where developers work on this very machine too.
#[must_use]
pub fn is_of_provider(text: &str, here_too: bool) -> bool {
    is_https(text) || (here_too && is_here(text))
}

fn is_of_scheme(text: &str, schemes: &[&str]) -> bool {
    if text.len() > LONGEST || text.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return false;
    }
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    schemes.contains(&scheme) && !uri.host().unwrap_or_default().is_empty() && !authority.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_and_a_host_and_no_credentials() {
        for (text, accepted) in [
            ("https://a.example", true),
            ("https://a.example:8443/b?c=d", true),
            ("http://a.example", false),
            ("https://", false),
            ("https:///path", false),
            ("https://user@a.example", false),
            ("https://a.example @b.example", false),
            ("https://a.example\n", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("//a.example", false),
            ("a.example", false),
            ("", false),
        ] {
            assert_eq!(is_https(text), accepted, "{text:?}");
        }
        assert!(is_http_or_https("http://a.example/terms") && !is_http_or_https("ftp://a.example"));
        assert!(!is_https(&format!("https://a.example/{}", "x".repeat(2048))));
    }
}
