//! The canonical request: what both sides hash.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::{Body, HttpRequest};
use crate::crypto::digest::{hex, sha256};

/// RFC 3986's unreserved characters stay as they are.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The query parameter that the signature of a presigned request is not part of.
const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// The canonical request over the named headers (lower case, sorted).
pub fn request(request: &HttpRequest<'_>, signed_headers: &[String]) -> String {
    let mut canonical = format!("{}\n{}\n{}\n", request.method, path(request.path), query(request.query));
    for name in signed_headers {
        let values: Vec<String> =
            request.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| header_value(value)).collect();
        canonical.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    canonical.push_str(&format!("\n{}\n{}", signed_headers.join(";"), payload_hash(request)));
    canonical
}

/// The hash of the body, lower-case hexadecimal.
pub fn payload_hash(request: &HttpRequest<'_>) -> String {
    match request.body {
        Body::Bytes(bytes) => hex(&sha256(&[bytes])),
        Body::Sha256(hash) => hash.to_ascii_lowercase(),
    }
}

/// Without dot segments and empty segments, and percent-encoded once more: every service but S3.
fn path(raw: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let mut canonical = String::from("/");
    let encoded: Vec<String> = segments.iter().map(|segment| percent_encode(segment.as_bytes(), ENCODED).to_string()).collect();
    canonical.push_str(&encoded.join("/"));
    let ends_in_directory = raw.ends_with('/') || raw.ends_with("/.") || raw.ends_with("/..");
    if ends_in_directory && !segments.is_empty() {
        canonical.push('/');
    }
    canonical
}

/// Each name and value decoded once and encoded strictly, then sorted by bytes. A `+` is a plus sign, not a blank.
fn query(raw: &str) -> String {
    let recoded = |text: &str| percent_encode(&percent_decode_str(text).collect::<Vec<u8>>(), ENCODED).to_string();
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| *name != SIGNATURE_PARAMETER)
        .map(|(name, value)| (recoded(name), recoded(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Trimmed, runs of blanks folded to one.
fn header_value(value: &[u8]) -> String {
    String::from_utf8_lossy(value).split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
