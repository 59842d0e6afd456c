//! Genuine messages of pysaml2 and xmlsec1 (`corpus/generate.py`), and what attackers make of them.

mod accepted;
mod brought;
mod content;
mod encrypted;
mod forms;
mod logout;
mod mutated;
mod requests;
mod wrapped;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::dsig::verify::verify_all;
use bergshamra::keys::loader::{load_pem_auto, load_x509_cert_der};
use bergshamra::{DsigContext, KeysManager, VerifyResult};

use super::instant::instant;
use super::{Assertion, Encryption, Expected, IdentityProvider, Key, SamlRefused, ServiceProvider, assertion};
use crate::kit::clock::Timestamp;

/// A file of the corpus.
macro_rules! corpus {
    ($name:literal) => {
        include_str!(concat!("corpus/", $name, ".xml"))
    };
}
pub(super) use corpus;

const REQUEST: &str = "_request-1";
const OUR_KEY: Key<'static> = Key::from_pkcs8(include_bytes!("corpus/sp.key.der"));
const IDP_KEY: &[u8] = include_bytes!("corpus/idp.key.der");
pub(crate) const IDP_CERTIFICATE: &[u8] = include_bytes!("corpus/idp.crt.der");
const ELLIPTIC_CERTIFICATE: &[u8] = include_bytes!("corpus/elliptic.crt.der");

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const ENVELOPED: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#;
const EXCLUSIVE: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>"#;

fn noon() -> Timestamp {
    instant("2026-11-27T12:00:00Z").unwrap()
}

fn ours() -> ServiceProvider {
    ServiceProvider {
        entity_id: "urn:amazon:cognito:sp:eu-central-1_Pool12345".into(),
        acs_url: "https://auth.example/saml2/idpresponse".into(),
        logout_url: "https://auth.example/saml2/logout".into(),
    }
}

fn idp() -> IdentityProvider {
    IdentityProvider {
        entity_id: "https://idp.example/metadata".into(),
        certificates: vec![IDP_CERTIFICATE.to_vec()],
        sign_in: "https://idp.example/sso?tenant=1&x=2".into(),
        sign_out: Some("https://idp.example/slo".into()),
    }
}

fn expected() -> Expected<'static> {
    Expected { in_response_to: Some(REQUEST), now: noon(), encryption: Encryption::Optional, keys: &[OUR_KEY] }
}

/// What is read of a response.
fn read(xml: &str) -> Result<Assertion, SamlRefused> {
    assertion(&STANDARD.encode(xml), &ours(), &idp(), &expected())
}

/// The text with one thing changed, which must be there.
fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not there");
    text.replacen(from, to, 1)
}

/// The first element of a name, prefix and all, as it is written. None of its own name may be in it.
fn element<'t>(text: &'t str, name: &str) -> &'t str {
    let begins = |at: &usize| text[at + 1 + name.len()..].starts_with([' ', '>']);
    let start = text.match_indices(&format!("<{name}")).map(|(at, _)| at).find(begins).unwrap();
    let end = format!("</{name}>");
    let length = text[start..].find(&end).unwrap() + end.len();
    &text[start..start + length]
}

/// The ID of the first element of a name.
fn id<'t>(text: &'t str, name: &str) -> &'t str {
    let element = element(text, name);
    element.split_once(" ID=\"").unwrap().1.split_once('"').unwrap().0
}

/// What a signature is to be, before it is made.
pub(crate) struct Template<'t> {
    /// The element that it stands in.
    within: &'t str,
    uri: Option<&'t str>,
    canonicalization: &'t str,
    transforms: String,
    /// More in SignedInfo.
    more: &'t str,
}

impl Default for Template<'_> {
    fn default() -> Self {
        let canonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#";
        Self { within: "ns1:Assertion", uri: None, canonicalization, transforms: format!("{ENVELOPED}{EXCLUSIVE}"), more: "" }
    }
}

/// The response signed by the provider's own key, in whatever way.
pub(crate) fn signed(text: &str, template: &Template<'_>) -> String {
    let own = format!("#{}", id(text, template.within));
    let reference = |uri: &str, transforms: &str| {
        format!(
            r#"<ds:Reference URI="{uri}"><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue></ds:DigestValue></ds:Reference>"#
        )
    };
    let signature = format!(
        r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{}"/><ds:SignatureMethod Algorithm="{RSA_SHA256}"/>{}{}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue></ds:Signature>"#,
        template.canonicalization,
        reference(template.uri.unwrap_or(&own), &template.transforms),
        template.more,
    );
    let tag = element(text, template.within).split_once('>').unwrap().0;
    let text = changed(text, &format!("{tag}>"), &format!("{tag}>{signature}"));
    let mut keys = KeysManager::new();
    keys.add_key(load_pem_auto(pem(IDP_KEY).as_bytes(), None).unwrap());
    bergshamra::sign(&DsigContext::new(keys), &text).unwrap()
}

/// The unsigned response with a thing changed, and its assertion signed by the provider afterwards.
fn signed_with(from: &str, to: &str) -> String {
    signed(&changed(corpus!("plain"), from, to), &Template::default())
}

fn pem(key: &[u8]) -> String {
    let encoded = STANDARD.encode(key);
    let lines: Vec<_> = encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// Whether the library alone finds a valid signature of the provider in a text: what is refused then is refused by us.
fn library_believes(xml: &str) -> bool {
    let mut keys = KeysManager::new();
    keys.add_key(load_x509_cert_der(IDP_CERTIFICATE).unwrap());
    let results = verify_all(&DsigContext::new(keys), xml).unwrap();
    results.iter().any(|result| matches!(result, VerifyResult::Valid { .. }))
}
