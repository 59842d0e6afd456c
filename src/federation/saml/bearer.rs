//! Assertions that somebody brings by themselves, with no response around them: tokens (RFC 7522 §3; RFC 8693 §3, `saml2`).

use super::assertion::{Assertion, Terms, read};
use super::document::{Node, parse};
use super::encryption::Ciphertext;
use super::names::ASSERTION;
use super::party::{IdentityProvider, Key};
use super::post::decode_carried;
use super::refused::SamlRefused;
use super::response::{Encryption, encrypted_assertion};
use super::signature::signed;
use crate::kit::clock::Timestamp;

/// What an assertion that is brought has to be.
#[derive(Clone, Copy, Debug)]
pub struct Brought<'a> {
    /// The pool's entityID: whom it is for.
    pub entity_id: &'a str,
    /// Addresses of the pool's, one of which is its recipient.
    pub recipients: &'a [&'a str],
    /// The present moment.
    pub now: Timestamp,
    /// Whether it must be encrypted.
    pub encryption: Encryption,
    /// The keys of the certificates that the provider may encrypt by, the newest first.
    pub keys: &'a [Key<'a>],
}

/// The assertion that a token is: base64 of an Assertion or an EncryptedAssertion.
///
/// SECURITY: it is signed itself, for nothing stands around it that could be; it is the outermost element and the only assertion of
/// its document, so that nothing is wrapped; and it answers nothing, so that no answer to a browser's sign-in is taken here.
///
/// # Errors
/// [`SamlRefused`].
pub fn brought_assertion(text: &str, provider: &IdentityProvider, brought: &Brought<'_>) -> Result<Assertion, SamlRefused> {
    let text = decode_carried(text)?;
    let document = parse(&text)?;
    let assertion = Node::root(&document)?;
    let is_encrypted = assertion.is(ASSERTION, "EncryptedAssertion");
    if !is_encrypted && !assertion.is(ASSERTION, "Assertion") {
        return Err(SamlRefused::Form("Assertion"));
    }
    let is_one = |node: &Node<'_>| node.is(ASSERTION, "Assertion") || node.is(ASSERTION, "EncryptedAssertion");
    if assertion.descendants().any(|node| node.id != assertion.id && is_one(&node)) {
        return Err(SamlRefused::Assertions);
    }
    let Brought { entity_id, recipients, now, encryption, keys } = *brought;
    let terms = Terms { entity_id, recipients, in_response_to: None, now };
    if is_encrypted {
        return encrypted_assertion(assertion, Ciphertext::Loose, provider, keys, &terms);
    }
    if encryption == Encryption::Required {
        return Err(SamlRefused::NotEncrypted);
    }
    if signed(&[assertion], provider)?.is_empty() {
        return Err(SamlRefused::Unsigned);
    }
    read(assertion, provider, &terms)
}
