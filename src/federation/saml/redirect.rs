//! The HTTP-Redirect binding: messages compressed into a query, and signatures over that query (Bindings §3.4).

use std::io::{Read, Write};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::document::LONGEST;
use super::names::{DEFLATE, RSA_SHA256};
use super::party::{IdentityProvider, Key};
use super::post::base64;
use super::refused::SamlRefused;
use super::signature::verify_bytes;

/// What stands in a query as it is (RFC 3986 §2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// AuthnRequest, LogoutRequest.
    Request,
    /// LogoutResponse.
    Response,
}

impl Parameter {
    const fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// The address that a browser brings a message to. With a key, the query is signed by RSA and SHA-256.
///
/// # Errors
/// [`SamlRefused::OurKey`].
pub fn redirect(
    address: &str,
    parameter: Parameter,
    message: &str,
    relay_state: Option<&str>,
    signing: Option<Key<'_>>,
) -> Result<String, SamlRefused> {
    let encoded = |value: &str| utf8_percent_encode(value, ENCODED).to_string();
    let mut query = format!("{}={}", parameter.name(), encoded(&STANDARD.encode(deflated(message)?)));
    if let Some(state) = relay_state {
        query += &format!("&RelayState={}", encoded(state));
    }
    if let Some(key) = signing {
        query += &format!("&SigAlg={}", encoded(RSA_SHA256));
        let signature = rsa_sha256(key, query.as_bytes())?;
        query += &format!("&Signature={}", encoded(&STANDARD.encode(signature)));
    }
    let separator = if address.contains('?') { '&' } else { '?' };
    Ok(format!("{address}{separator}{query}"))
}

/// A message that came by redirect, signed by the provider.
pub(super) struct Received {
    pub(super) message: String,
    pub(super) relay_state: Option<String>,
}

/// Reads a query, which must be signed.
///
/// SECURITY: the signature is over the values as they came, in the order of the binding, and these same values are decoded: a
/// parameter that is there twice would be signed in one place and read in another.
pub(super) fn received(query: &str, parameter: Parameter, provider: &IdentityProvider) -> Result<Received, SamlRefused> {
    if query.len() > LONGEST {
        return Err(SamlRefused::TooLong);
    }
    let raw = |name: &str| {
        let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| decoded(key).as_deref() == Some(name));
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(SamlRefused::Binding("a parameter is there twice")),
            (first, None) => Ok(first.map(|(_, value)| value)),
        }
    };
    let text = |value: &str| decoded(value).ok_or(SamlRefused::Binding("a parameter is none"));
    let bytes = |value: &str| base64(&text(value)?).ok_or(SamlRefused::Binding("it is no base64"));
    let (message, state, encoding) = (raw(parameter.name())?, raw("RelayState")?, raw("SAMLEncoding")?);
    let message = message.ok_or(SamlRefused::Binding("there is no message"))?;
    if encoding.map(text).transpose()?.is_some_and(|encoding| encoding != DEFLATE) {
        return Err(SamlRefused::Binding("it is compressed in another way"));
    }
    let (Some(algorithm), Some(signature)) = (raw("SigAlg")?, raw("Signature")?) else { return Err(SamlRefused::Unsigned) };
    let state_part = state.map(|state| format!("&RelayState={state}")).unwrap_or_default();
    let signed = format!("{}={message}{state_part}&SigAlg={algorithm}", parameter.name());
    verify_bytes(provider, &text(algorithm)?, signed.as_bytes(), &bytes(signature)?)?;
    Ok(Received { message: inflated(&bytes(message)?)?, relay_state: state.map(text).transpose()? })
}

/// A part of a query, as forms write them.
fn decoded(part: &str) -> Option<String> {
    percent_decode_str(&part.replace('+', " ")).decode_utf8().ok().map(|text| text.into_owned())
}

fn deflated(text: &str) -> Result<Vec<u8>, SamlRefused> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).map_err(|_| SamlRefused::TooLong)
}

/// SECURITY: no more than the longest message is unpacked, however small it comes.
fn inflated(bytes: &[u8]) -> Result<String, SamlRefused> {
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    let mut text = Vec::new();
    let mut decoder = DeflateDecoder::new(bytes).take(most.saturating_add(1));
    decoder.read_to_end(&mut text).map_err(|_| SamlRefused::Binding("it is not compressed by DEFLATE"))?;
    if text.len() > LONGEST {
        return Err(SamlRefused::TooLong);
    }
    String::from_utf8(text).map_err(|_| SamlRefused::Binding("it is no UTF-8"))
}

fn rsa_sha256(key: Key<'_>, bytes: &[u8]) -> Result<Vec<u8>, SamlRefused> {
    let pair = RsaKeyPair::from_pkcs8(key.pkcs8()).map_err(|_| SamlRefused::OurKey)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature).map_err(|_| SamlRefused::OurKey)?;
    Ok(signature)
}
