//! Responses: whether what a browser brings is the provider's word, signed, for us, and an answer to what was asked.

use super::assertion::{Assertion, Terms, read};
use super::document::{Node, parse};
use super::encryption::{Ciphertext, decrypted};
use super::instant::{begun, instant};
use super::names::{ASSERTION, PROTOCOL, STATUS, VERSION};
use super::party::{IdentityProvider, Key, ServiceProvider};
use super::post::decode;
use super::refused::SamlRefused;
use super::signature::signed;
use crate::kit::clock::Timestamp;

/// What a response is expected to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The ID of the request that it answers. `None`: nothing was asked, and it must not say that it answers anything.
    pub in_response_to: Option<&'a str>,
    /// The present moment.
    pub now: Timestamp,
    /// Whether its assertion must be encrypted.
    pub encryption: Encryption,
    /// The keys of the certificates that the provider may encrypt by, the newest first.
    pub keys: &'a [Key<'a>],
}

/// Whether an assertion must be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// It may be.
    Optional,
    /// It must be (`EncryptedResponses` of a provider's details).
    Required,
}

/// Second status codes that tell an administrator what is wrong (Core §3.2.2.2).
const CODES: [&str; 9] = [
    "AuthnFailed",
    "InvalidNameIDPolicy",
    "NoAuthnContext",
    "NoPassive",
    "RequestDenied",
    "RequestUnsupported",
    "UnknownPrincipal",
    "UnsupportedBinding",
    "InvalidAttrNameOrValue",
];

/// The assertion of a response: the field `SAMLResponse` of the form that a browser posts.
///
/// SECURITY: the response or the assertion must be signed, and each signature that is there must hold. A response's signature covers
/// what stands in it, an encrypted assertion's ciphertext too; an encrypted assertion in a response that is not signed must be
/// signed itself, within (CVE-2026-2092 took one that was put into a signed response for signed). There is one assertion in the
/// whole document, and it is the one that is read: what signature wrapping needs, a second, is refused before anything is verified.
///
/// # Errors
/// [`SamlRefused`].
pub fn assertion(
    response: &str,
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    expected: &Expected<'_>,
) -> Result<Assertion, SamlRefused> {
    let text = decode(response)?;
    let document = parse(&text)?;
    let response = Node::root(&document)?;
    if !response.is(PROTOCOL, "Response") || response.attribute("Version") != Some(VERSION) {
        return Err(SamlRefused::Form("Response"));
    }
    check_success(response)?;
    check_addressed(response, ours, expected)?;
    let found = only_assertion(response)?;
    let is_encrypted = found.is(ASSERTION, "EncryptedAssertion");
    if expected.encryption == Encryption::Required && !is_encrypted {
        return Err(SamlRefused::NotEncrypted);
    }
    let read_here: Vec<_> = [response].into_iter().chain((!is_encrypted).then_some(found)).collect();
    let signed_here = signed(&read_here, provider)?;
    let response_is_signed = signed_here.iter().any(|signed| signed.id == response.id);
    // A provider's name may be left out where nothing depends on it (Profiles §4.1.4.2).
    let must_be_named = is_encrypted || response_is_signed;
    let issuer = response.optional(ASSERTION, "Issuer")?.map(|issuer| issuer.text("Issuer")).transpose()?;
    if issuer.map_or(must_be_named, |issuer| issuer.trim() != provider.entity_id) {
        return Err(SamlRefused::Issuer);
    }
    let Expected { in_response_to, now, keys, .. } = *expected;
    let terms = Terms { entity_id: &ours.entity_id, recipients: &[&ours.acs_url], in_response_to, now };
    if is_encrypted {
        let ciphertext = if response_is_signed { Ciphertext::Signed } else { Ciphertext::Loose };
        return encrypted_assertion(found, ciphertext, provider, keys, &terms);
    }
    if signed_here.is_empty() {
        return Err(SamlRefused::Unsigned);
    }
    read(found, provider, &terms)
}

/// The assertion that an EncryptedAssertion is. It stands alone in a document of its own, and is signed there or with its ciphertext.
pub(super) fn encrypted_assertion(
    encrypted: Node<'_>,
    ciphertext: Ciphertext,
    provider: &IdentityProvider,
    keys: &[Key<'_>],
    terms: &Terms<'_>,
) -> Result<Assertion, SamlRefused> {
    let text = decrypted(encrypted, ciphertext, keys)?;
    // SECURITY: what is wrong with a decrypted text is nobody's business: one refusal, so that nothing is told of it.
    let document = parse(&text).map_err(|_| SamlRefused::Undecipherable)?;
    let context = Node::root(&document)?;
    let found = only_assertion(context).map_err(|_| SamlRefused::Undecipherable)?;
    if !found.is(ASSERTION, "Assertion") || context.children().count() != 1 {
        return Err(SamlRefused::Undecipherable);
    }
    if signed(&[found], provider)?.is_empty() && ciphertext == Ciphertext::Loose {
        return Err(SamlRefused::Unsigned);
    }
    read(found, provider, terms)
}

/// The one assertion of a document, encrypted or not. It stands in the outermost element.
fn only_assertion(outermost: Node<'_>) -> Result<Node<'_>, SamlRefused> {
    let mut all = outermost.descendants().filter(|node| node.is(ASSERTION, "Assertion") || node.is(ASSERTION, "EncryptedAssertion"));
    match (all.next(), all.next()) {
        (Some(one), None) if one.parent().is_some_and(|parent| parent.id == outermost.id) => Ok(one),
        _ => Err(SamlRefused::Assertions),
    }
}

/// That a message says that all went well (Core §3.2.2).
pub(super) fn check_success(message: Node<'_>) -> Result<(), SamlRefused> {
    let first = message.one(PROTOCOL, "Status")?.one(PROTOCOL, "StatusCode")?;
    if code(first) == Some("Success") {
        return Ok(());
    }
    let second = first.optional(PROTOCOL, "StatusCode")?.and_then(code);
    Err(SamlRefused::Unsuccessful(CODES.into_iter().find(|known| second == Some(*known)).unwrap_or("unknown")))
}

fn code(status: Node<'_>) -> Option<&str> {
    status.attribute("Value")?.strip_prefix(STATUS)
}

/// That a response is for us, of now, and answers what was asked.
fn check_addressed(response: Node<'_>, ours: &ServiceProvider, expected: &Expected<'_>) -> Result<(), SamlRefused> {
    if response.attribute("Destination").is_some_and(|destination| destination != ours.acs_url) {
        return Err(SamlRefused::Destination);
    }
    if response.attribute("InResponseTo") != expected.in_response_to {
        return Err(SamlRefused::InResponseTo);
    }
    begun(instant(response.attribute("IssueInstant").unwrap_or_default())?, expected.now)
}
