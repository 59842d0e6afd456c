//! Messages as base64: in a form (the HTTP-POST binding, Bindings §3.5), and carried by themselves (RFC 7522).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::document::LONGEST;
use super::refused::SamlRefused;

/// The text of a message from a form. Line breaks in it are common.
pub(super) fn decode(field: &str) -> Result<String, SamlRefused> {
    if field.len() > LONGEST {
        return Err(SamlRefused::TooLong);
    }
    let bytes = base64(field).ok_or(SamlRefused::Binding("it is no base64"))?;
    String::from_utf8(bytes).map_err(|_| SamlRefused::Binding("it is no UTF-8"))
}

/// The text of a message that somebody carries by themselves: base64 of either alphabet, in one line, with or without its padding
/// (RFC 7522 §2.1).
pub(super) fn decode_carried(text: &str) -> Result<String, SamlRefused> {
    if text.len() > LONGEST {
        return Err(SamlRefused::TooLong);
    }
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(standard).map_err(|_| SamlRefused::Binding("it is no base64"))?;
    String::from_utf8(bytes).map_err(|_| SamlRefused::Binding("it is no UTF-8"))
}

/// The bytes of base64 that may be broken into lines.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}
