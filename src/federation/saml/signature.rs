//! What is believed of a signature: the one form of it that is accepted, and that it signs the very element that is read.
//!
//! Core §5.4 narrows XML signatures to this form, so that verifying is digesting the element that is read and verifying SignedInfo:
//! nothing is looked up, no transform is chosen by the message, and no key that it brings along is seen.

use aws_lc_rs::digest::{self, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA256_FIXED, ECDSA_P521_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;

use super::certificate::public_key;
use super::document::Node;
use super::names::{DSIG, ENVELOPED, EXCLUSIVE};
use super::party::IdentityProvider;
use super::post::base64;
use super::refused::SamlRefused;

/// Which of the elements that are read are signed by the provider.
///
/// SECURITY: every signature of the document must stand directly in one of these elements, be of the accepted form and verify: one
/// that is elsewhere, or that is wrong, is not passed over. A signature makes no other element than its parent signed.
pub(super) fn signed<'d>(read: &[Node<'d>], provider: &IdentityProvider) -> Result<Vec<Node<'d>>, SamlRefused> {
    let Some(first) = read.first() else { return Ok(Vec::new()) };
    let document = first.document;
    let mut found = Vec::new();
    for signature in Node::root(document)?.descendants().filter(|node| node.is(DSIG, "Signature")) {
        let parent = read.iter().find(|element| signature.parent().is_some_and(|parent| parent.id == element.id));
        let parent = *parent.ok_or(SamlRefused::SignatureForm("it stands elsewhere"))?;
        if found.iter().any(|(_, other): &(Form<'_>, Node<'_>)| other.id == parent.id) {
            return Err(SamlRefused::SignatureForm("an element has two"));
        }
        found.push((form(signature, parent)?, parent));
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let keys = trusted(provider)?;
    found.into_iter().map(|(form, parent)| form.verify(parent, &keys).map(|()| parent)).collect()
}

/// Whether the provider signed these bytes: the query of a redirect.
pub(super) fn verify_bytes(provider: &IdentityProvider, algorithm: &str, bytes: &[u8], signature: &[u8]) -> Result<(), SamlRefused> {
    let algorithms = algorithms(algorithm).ok_or(SamlRefused::SignatureAlgorithm)?;
    verify_by(&trusted(provider)?, algorithms, bytes, signature)
}

fn verify_by(keys: &[&[u8]], algorithms: &[&'static dyn VerificationAlgorithm], bytes: &[u8], signature: &[u8]) -> Result<(), SamlRefused> {
    let verifies =
        |key: &&[u8]| algorithms.iter().any(|algorithm| UnparsedPublicKey::new(*algorithm, key).verify(bytes, signature).is_ok());
    if keys.iter().any(verifies) { Ok(()) } else { Err(SamlRefused::Signature) }
}

/// The keys of a provider's certificates.
fn trusted(provider: &IdentityProvider) -> Result<Vec<&[u8]>, SamlRefused> {
    let keys: Vec<_> = provider.certificates.iter().filter_map(|certificate| public_key(certificate)).collect();
    if keys.is_empty() { Err(SamlRefused::NoKey) } else { Ok(keys) }
}

/// What a name of a signature algorithm may be. SECURITY: no SHA-1, no MD5, and nothing symmetric: by HMAC, who knows the public
/// certificate signs.
fn algorithms(name: &str) -> Option<&'static [&'static dyn VerificationAlgorithm]> {
    Some(match name.strip_prefix("http://www.w3.org/2001/04/xmldsig-more#")? {
        "rsa-sha256" => &[&RSA_PKCS1_2048_8192_SHA256],
        "rsa-sha384" => &[&RSA_PKCS1_2048_8192_SHA384],
        "rsa-sha512" => &[&RSA_PKCS1_2048_8192_SHA512],
        "ecdsa-sha256" => &[&ECDSA_P256_SHA256_FIXED, &ECDSA_P521_SHA256_FIXED],
        "ecdsa-sha384" => &[&ECDSA_P384_SHA384_FIXED, &ECDSA_P521_SHA384_FIXED],
        "ecdsa-sha512" => &[&ECDSA_P521_SHA512_FIXED],
        _ => return None,
    })
}

fn digest_algorithm(name: &str) -> Option<&'static digest::Algorithm> {
    Some(match name {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &digest::SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &digest::SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &digest::SHA512,
        _ => return None,
    })
}

/// A signature of the accepted form.
struct Form<'d> {
    signature: Node<'d>,
    signed_info: Node<'d>,
    canonicalization: Node<'d>,
    algorithms: &'static [&'static dyn VerificationAlgorithm],
    value: Node<'d>,
    transform: Node<'d>,
    digest: &'static digest::Algorithm,
    digested: Node<'d>,
}

impl Form<'_> {
    /// INVARIANT: the element that is digested is the parent, which is read.
    fn verify(&self, parent: Node<'_>, keys: &[&[u8]]) -> Result<(), SamlRefused> {
        let decoded = |node: Node<'_>| base64(&node.whole_text()).ok_or(SamlRefused::Signature);
        // SECURITY: SignedInfo first: what nobody signed is not canonicalized.
        verify_by(keys, self.algorithms, &canonical(self.signed_info, self.canonicalization, None)?, &decoded(self.value)?)?;
        let content = canonical(parent, self.transform, Some(self.signature))?;
        if digest(self.digest, &content).as_ref() == decoded(self.digested)? { Ok(()) } else { Err(SamlRefused::Signature) }
    }
}

/// The bytes of an element, without comments, without the signature in it.
fn canonical(element: Node<'_>, method: Node<'_>, without: Option<Node<'_>>) -> Result<Vec<u8>, SamlRefused> {
    let prefixes = method.children().find_map(|list| list.attribute("PrefixList")).unwrap_or_default();
    let prefixes: Vec<&str> = prefixes.split_whitespace().collect();
    let mut nodes = NodeSet::tree_without_comments(element.id, element.document);
    if let Some(signature) = without {
        nodes.remove_id(signature.id);
        element.document.descendants(signature.id).into_iter().for_each(|id| nodes.remove_id(id));
    }
    canonicalize_doc(element.document, C14nMode::Exclusive, Some(&nodes), &prefixes).map_err(|_| SamlRefused::Signature)
}

/// The one accepted form: SignedInfo with one reference to the parent's ID, enveloped and canonicalized exclusively.
fn form<'d>(signature: Node<'d>, parent: Node<'d>) -> Result<Form<'d>, SamlRefused> {
    let refused = SamlRefused::SignatureForm;
    // KeyInfo may be there, and nobody reads it.
    let mut children: Vec<_> = signature.children().collect();
    children.pop_if(|last| last.is(DSIG, "KeyInfo"));
    let [signed_info, value] = named(children, ["SignedInfo", "SignatureValue"])?;
    let [canonicalization, method, reference] = parts(signed_info, ["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    let [transforms, digest, digested] = parts(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
    // SECURITY: anything in a digest or a value would cut it, and one piece would be read.
    if !value.is_one_text() || !digested.is_one_text() {
        return Err(refused("its values"));
    }
    if !is_exclusive(canonicalization) {
        return Err(refused("its canonicalization"));
    }
    let algorithms = algorithm(method).and_then(algorithms).ok_or(SamlRefused::SignatureAlgorithm)?;
    let digest = algorithm(digest).and_then(digest_algorithm).ok_or(SamlRefused::SignatureAlgorithm)?;
    let id = parent.attribute("ID").filter(|id| is_name(id)).ok_or(refused("its parent has no ID"))?;
    // SECURITY: an absent or empty URI is the whole document, and others are files. An ID that is a name is no XPointer.
    if reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err(refused("it is of another element"));
    }
    let is_enveloped = |transform: Node<'_>| transform.attribute("Algorithm") == Some(ENVELOPED) && transform.children().next().is_none();
    match parts(transforms, ["Transform", "Transform"]) {
        Ok([first, transform]) if is_enveloped(first) && is_exclusive(transform) => {
            Ok(Form { signature, signed_info, canonicalization, algorithms, value, transform, digest, digested })
        }
        _ => Err(refused("its transforms")),
    }
}

/// The elements in an element, which have these names, in this order.
fn parts<'d, const N: usize>(element: Node<'d>, names: [&str; N]) -> Result<[Node<'d>; N], SamlRefused> {
    named(element.children().collect(), names)
}

fn named<'d, const N: usize>(elements: Vec<Node<'d>>, names: [&str; N]) -> Result<[Node<'d>; N], SamlRefused> {
    let elements = <[Node<'d>; N]>::try_from(elements).ok();
    let have_names = |elements: &[Node<'d>; N]| elements.iter().zip(names).all(|(element, name)| element.is(DSIG, name));
    elements.filter(have_names).ok_or(SamlRefused::SignatureForm("it has other parts"))
}

/// Exclusive canonicalization without comments; a list of prefixes may be in it.
fn is_exclusive(method: Node<'_>) -> bool {
    let mut children = method.children();
    let prefixes_alone = children.next().is_none_or(|child| child.is(EXCLUSIVE, "InclusiveNamespaces")) && children.next().is_none();
    method.attribute("Algorithm") == Some(EXCLUSIVE) && prefixes_alone
}

/// The algorithm of a method without parameters.
fn algorithm(method: Node<'_>) -> Option<&str> {
    method.attribute("Algorithm").filter(|_| method.children().next().is_none())
}

/// Whether an ID is what nothing takes for an expression.
pub(super) fn is_name(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '.' | '_' | ':'))
}
