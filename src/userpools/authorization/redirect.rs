//! The addresses that browsers are sent back to.

use crate::userpools::oauth_settings::ClientKind;

/// The addresses of the machine that a native app runs on: their ports are chosen when it starts (RFC 8252 §7.3).
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Whether an address is one of a client's: letter by letter (RFC 9700 §4.1.3), but for the port of a native app on loopback.
#[must_use]
pub fn is_registered(uri: &str, registered: &[String], kind: ClientKind) -> bool {
    // A browser may read another host out of what it corrects: a backslash, a blank, a line end.
    if uri.contains('#') || uri.chars().any(|character| character == '\\' || character.is_whitespace() || character.is_control()) {
        return false;
    }
    registered.iter().any(|one| one == uri) || (kind == ClientKind::Public && registered.iter().any(|one| is_same_but_port(uri, one)))
}

fn is_same_but_port(uri: &str, registered: &str) -> bool {
    matches!((without_port(uri), without_port(registered)), (Some(uri), Some(registered)) if uri == registered)
}

/// A loopback address, taken apart around its port.
fn without_port(uri: &str) -> Option<(&str, &str)> {
    let (host, rest) = LOOPBACK.into_iter().find_map(|host| Some((host, uri.strip_prefix(host)?)))?;
    let path = match rest.strip_prefix(':') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, path) = rest.split_at_checked(digits)?;
            port.parse::<u16>().ok().filter(|port| *port > 0)?;
            path
        }
        None => rest,
    };
    (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path))
}

/// An address with parameters in its query; what stands there already stays.
#[must_use]
pub fn with_query(uri: &str, parameters: &[(&str, &str)]) -> String {
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{}", written(parameters))
}

/// An address with parameters in its fragment.
#[must_use]
pub fn with_fragment(uri: &str, parameters: &[(&str, &str)]) -> String {
    format!("{uri}#{}", written(parameters))
}

fn written(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_registered_one_letter_by_letter() {
        let registered: Vec<String> = ["https://app.example/cb", "https://app.example/cb?a=b", "myapp://done", "http://localhost:3000/cb"]
            .map(str::to_owned)
            .to_vec();
        for uri in &registered {
            assert!(is_registered(uri, &registered, ClientKind::Public), "{uri}");
        }
        for uri in [
            "https://app.example/cb/",
            "https://app.example/cb?",
            "https://app.example/cb?a=b&c=d",
            "https://app.example/CB",
            "HTTPS://app.example/cb",
            "https://APP.example/cb",
            "https://app.example:443/cb",
            "https://app.example/cb#x",
            "https://app.example/cb#",
            "https://app.example/./cb",
            "https://app.example/x/../cb",
            "https://app.example/%63b",
            "https://app.example//cb",
            "https://app.example\\cb",
            "https://app.example\\@evil.example/cb",
            "https://app.example@evil.example/cb",
            "https://a@b@app.example/cb",
            "https://app.example.evil.example/cb",
            "https://evil.example/https://app.example/cb",
            " https://app.example/cb",
            "https://app.example/cb ",
            "https://app.example/cb\n",
            "//app.example/cb",
            "http://app.example/cb",
            "javascript:alert(1)//https://app.example/cb",
            "http://localhost:3001/cb",
            "myapp://done/",
            "",
        ] {
            assert!(!is_registered(uri, &registered, ClientKind::Public), "{uri}");
        }
    }

    #[test]
    fn a_native_app_chooses_its_port_on_loopback() {
        let registered: Vec<String> = ["http://127.0.0.1/cb", "http://[::1]:80/cb?x=y"].map(str::to_owned).to_vec();
        for (uri, taken) in [
            ("http://127.0.0.1/cb", true),
            ("http://127.0.0.1:51004/cb", true),
            ("http://[::1]:51004/cb?x=y", true),
            ("http://127.0.0.1:0/cb", false),
            ("http://127.0.0.1:99999/cb", false),
            ("http://127.0.0.1:/cb", false),
            ("http://127.0.0.1:80@evil.example/cb", false),
            ("http://127.0.0.1.evil.example/cb", false),
            ("http://127.0.0.1@evil.example/cb", false),
            ("http://127.0.0.2:51004/cb", false),
            ("https://127.0.0.1:51004/cb", false),
            ("http://127.0.0.1:51004/other", false),
        ] {
            assert_eq!(is_registered(uri, &registered, ClientKind::Public), taken, "{uri}");
        }
        assert!(!is_registered("http://127.0.0.1:51004/cb", &registered, ClientKind::Confidential));
    }

    #[test]
    fn what_comes_back_is_written_beside_what_is_there() {
        let parameters = [("code", "a b"), ("state", "&=#\"<")];
        for (uri, expected) in [
            ("https://a.example/cb", "https://a.example/cb?code=a+b&state=%26%3D%23%22%3C"),
            ("https://a.example/cb?x=y", "https://a.example/cb?x=y&code=a+b&state=%26%3D%23%22%3C"),
            ("https://a.example/cb?", "https://a.example/cb?code=a+b&state=%26%3D%23%22%3C"),
        ] {
            assert_eq!(with_query(uri, &parameters), expected);
        }
        assert_eq!(with_fragment("myapp://x", &[("a", "b")]), "myapp://x#a=b");
    }
}
