//! The request that a proxy holds, from the headers by which it tells of it. Pure.

/// The original request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// As it stood on the request line.
    pub method: String,
    /// Whether it came over TLS.
    pub secure: bool,
    /// As the client wrote it, with its port if it gave one.
    pub host: String,
    /// Not decoded.
    pub path: String,
    /// Not decoded, without `?`.
    pub query: String,
}

/// Why the headers tell of no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginalRefused {
    /// The proxy does not say.
    #[error("the proxy does not tell the original {0}")]
    Missing(&'static str),
    /// A header twice.
    #[error("the header `{0}` stands twice")]
    Repeated(&'static str),
    /// Two headers that contradict each other: one of them may be the client's own.
    #[error("the proxy's headers contradict each other about the original {0}")]
    Conflict(&'static str),
    /// What no proxy would say.
    #[error("the header `{0}` is malformed")]
    Malformed(&'static str),
}

/// A longer one is refused.
const MAX_URI_BYTES: usize = 16 * 1024;

impl Original {
    /// Reads the `X-Forwarded-*` headers (Traefik and others) and the `X-Original-*` ones (nginx), names in lower case.
    ///
    /// SECURITY: a proxy overwrites the ones that it knows and passes the others on as the client wrote them. So where both
    /// kinds speak of one thing they must agree.
    ///
    /// # Errors
    /// [`OriginalRefused`].
    pub fn of(headers: &[(&str, &[u8])]) -> Result<Self, OriginalRefused> {
        let one = |name| single(headers, name);
        let url = one("x-original-url")?.map(|url| split_url(url).ok_or(OriginalRefused::Malformed("x-original-url"))).transpose()?;
        let (url_proto, url_host, url_uri) = url.map_or((None, None, None), |(proto, host, uri)| (Some(proto), Some(host), Some(uri)));

        let method = agree("method", [one("x-forwarded-method")?, one("x-original-method")?, None])?;
        let method = method.ok_or(OriginalRefused::Missing("method"))?;
        let host = agree("host", [one("x-forwarded-host")?, one("x-original-host")?, url_host])?;
        let host = host.ok_or(OriginalRefused::Missing("host"))?;
        let uri = agree("URI", [one("x-forwarded-uri")?, one("x-original-uri")?, url_uri])?;
        let uri = uri.ok_or(OriginalRefused::Missing("URI"))?;
        let protocols = [one("x-forwarded-proto")?, one("x-original-proto")?, url_proto];
        let protocol = agree("protocol", protocols)?;

        let is_token = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte));
        if !is_token(method) {
            return Err(OriginalRefused::Malformed("method"));
        }
        if split_host(host).is_none() {
            return Err(OriginalRefused::Malformed("host"));
        }
        if uri.len() > MAX_URI_BYTES || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(OriginalRefused::Malformed("URI"));
        }
        let secure = match protocol {
            // Traefik names the scheme of a WebSocket.
            Some("https" | "wss") => true,
            None | Some("http" | "ws") => false,
            Some(_) => return Err(OriginalRefused::Malformed("protocol")),
        };
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        Ok(Self { method: method.to_owned(), secure, host: host.to_owned(), path: path.to_owned(), query: query.to_owned() })
    }
}

/// Name and port of a host header, the name as it was written.
pub fn split_host(host: &str) -> Option<(&str, Option<u16>)> {
    let name_end = match host.strip_prefix('[') {
        Some(address) => address.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at_checked(name_end)?;
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
        None if port.is_empty() => None,
        None => return None,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.bytes().all(plain),
    };
    is_name.then_some((name, port))
}

fn single<'a>(headers: &[(&str, &'a [u8])], name: &'static str) -> Result<Option<&'a str>, OriginalRefused> {
    let mut values = headers.iter().filter(|(header, _)| *header == name).map(|(_, value)| *value);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let text = std::str::from_utf8(value).ok().filter(|text| !text.is_empty());
            text.map(Some).ok_or(OriginalRefused::Malformed(name))
        }
        (Some(_), Some(_)) => Err(OriginalRefused::Repeated(name)),
    }
}

fn agree<'a>(what: &'static str, told: [Option<&'a str>; 3]) -> Result<Option<&'a str>, OriginalRefused> {
    let mut told = told.into_iter().flatten();
    let first = told.next();
    if told.all(|other| Some(other) == first) { Ok(first) } else { Err(OriginalRefused::Conflict(what)) }
}

/// Scheme, host and the rest, which begins with a slash.
fn split_url(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, uri) = rest.split_at_checked(rest.find('/')?)?;
    Some((scheme, host, uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORWARDED: [(&str, &str); 4] = [
        ("x-forwarded-method", "POST"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "notes.example:8443"),
        ("x-forwarded-uri", "/notes/1?a=b?c"),
    ];
    const ORIGINAL: [(&str, &str); 3] =
        [("x-original-method", "GET"), ("x-original-host", "notes.example"), ("x-original-uri", "/notes/1")];

    fn read(headers: &[(&str, &str)]) -> Result<Original, OriginalRefused> {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        Original::of(&headers)
    }

    fn original(method: &str, secure: bool, host: &str, path: &str, query: &str) -> Original {
        Original { method: method.into(), secure, host: host.into(), path: path.into(), query: query.into() }
    }

    #[test]
    fn each_proxys_headers_are_read() {
        assert_eq!(read(&FORWARDED), Ok(original("POST", true, "notes.example:8443", "/notes/1", "a=b?c")));
        assert_eq!(read(&ORIGINAL), Ok(original("GET", false, "notes.example", "/notes/1", "")));
        let url = [("x-original-url", "https://notes.example/notes/1?a"), ("x-original-method", "GET")];
        assert_eq!(read(&url), Ok(original("GET", true, "notes.example", "/notes/1", "a")));
        let websocket = [&FORWARDED[..1], &[("x-forwarded-proto", "wss")], &FORWARDED[2..]].concat();
        assert!(read(&websocket).unwrap().secure);
    }

    #[test]
    fn headers_that_contradict_each_other_are_refused() {
        for (header, value, what) in [
            ("x-forwarded-method", "POST", "method"),
            ("x-forwarded-host", "other.example", "host"),
            ("x-forwarded-uri", "/notes/2", "URI"),
            ("x-original-url", "http://notes.example/notes/2", "URI"),
            ("x-original-url", "http://other.example/notes/1", "host"),
        ] {
            assert_eq!(read(&[&ORIGINAL[..], &[(header, value)]].concat()), Err(OriginalRefused::Conflict(what)), "{header}: {value}");
        }
        let protocols = [("x-forwarded-proto", "https"), ("x-original-proto", "http")];
        assert_eq!(read(&[&ORIGINAL[..], &protocols].concat()), Err(OriginalRefused::Conflict("protocol")));
        let agreeing = [&ORIGINAL[..], &[("x-forwarded-uri", "/notes/1"), ("x-forwarded-proto", "https")]].concat();
        assert!(read(&agreeing).unwrap().secure);
    }

    #[test]
    fn a_header_that_stands_twice_is_refused_even_when_it_agrees() {
        for (name, value) in FORWARDED {
            assert_eq!(read(&[&FORWARDED[..], &[(name, value)]].concat()), Err(OriginalRefused::Repeated(name)));
        }
    }

    #[test]
    fn what_is_missing_or_malformed_is_refused() {
        for (index, what) in ["method", "host", "URI"].into_iter().enumerate() {
            let mut headers = ORIGINAL.to_vec();
            headers.remove(index);
            assert_eq!(read(&headers), Err(OriginalRefused::Missing(what)));
        }
        for (index, value) in [
            (0, "GE T"),
            (0, ""),
            (1, "https,http"),
            (1, "HTTPS"),
            (2, "a/b"),
            (2, "a@b"),
            (2, "a, b"),
            (2, "a:b"),
            (2, ":1"),
            (2, "a:99999"),
            (2, "[::1"),
            (2, "[x]"),
            (3, "/a b"),
            (3, "/é"),
            (3, ""),
        ] {
            let mut headers = FORWARDED;
            headers[index].1 = value;
            assert!(matches!(read(&headers), Err(OriginalRefused::Malformed(_))), "{value}");
        }
        let long = format!("/{}", "a".repeat(MAX_URI_BYTES));
        assert!(read(&[&FORWARDED[..3], &[("x-forwarded-uri", long.as_str())]].concat()).is_err());
    }

    #[test]
    fn hosts_are_taken_apart() {
        for (host, expected) in [
            ("a.example", Some(("a.example", None))),
            ("a.example:80", Some(("a.example", Some(80)))),
            ("[::1]:80", Some(("[::1]", Some(80)))),
            ("[::1]", Some(("[::1]", None))),
            ("a:", None),
            ("[::1]x", None),
            ("", None),
        ] {
            assert_eq!(split_host(host), expected, "{host}");
        }
    }
}
