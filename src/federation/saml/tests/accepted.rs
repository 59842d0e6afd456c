//! What a real provider says is believed, however it signs and encrypts.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::federation::saml::NameId;

fn alice(xml: &str) -> Assertion {
    read(xml).unwrap()
}

#[test]
fn an_assertion_is_read_as_a_whole() {
    let read = alice(corpus!("both_signed"));
    let expected = Assertion {
        id: id(corpus!("both_signed"), "ns1:Assertion").into(),
        remember_until: noon().plus(Duration::from_secs(8 * 60)),
        valid_until: noon().plus(Duration::from_secs(5 * 60)),
        name_id: NameId {
            value: "alice".into(),
            format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
            name_qualifier: None,
            sp_name_qualifier: Some(ours().entity_id),
        },
        attributes: BTreeMap::from([
            ("urn:oid:1.2.840.113549.1.9.1.1".into(), vec!["alice@example.com".into()]),
            ("groups".into(), vec!["admins".into(), "R&D <x>".into()]),
            ("given_name".into(), vec!["Älice".into()]),
        ]),
        authenticated_at: noon(),
        session_index: read.session_index.clone(),
        session_until: None,
    };
    assert_eq!(read, expected);
    assert!(read.session_index.is_some_and(|index| index.starts_with("id-")));
}

#[test]
fn what_is_signed_or_encrypted_in_each_way_is_believed() {
    for (name, xml) in [
        ("response", corpus!("response_signed")),
        ("assertion", corpus!("assertion_signed")),
        ("sha512", corpus!("sha512")),
        ("gcm, assertion", corpus!("gcm_assertion_signed")),
        ("gcm, namespaces outside", corpus!("gcm_inherits_namespaces")),
        ("gcm, both", corpus!("gcm_both_signed")),
        ("cbc, response", corpus!("cbc_response_signed")),
        ("our own signer", &signed(corpus!("plain"), &Template::default())),
    ] {
        let read = read(xml);
        assert!(read.as_ref().is_ok_and(|read| read.name_id.value == "alice" && read.attributes.len() == 3), "{name}: {read:?}");
    }
}

#[test]
fn any_certificate_of_the_provider_verifies_and_no_other_does() {
    let said = |certificates: &[&[u8]], xml: &str| {
        let provider = IdentityProvider { certificates: certificates.iter().map(|one| one.to_vec()).collect(), ..idp() };
        assertion(&STANDARD.encode(xml), &ours(), &provider, &expected()).map(|read| read.name_id.value)
    };
    assert_eq!(said(&[IDP_CERTIFICATE, ELLIPTIC_CERTIFICATE], corpus!("ecdsa")), Ok("alice".into()));
    assert_eq!(said(&[ELLIPTIC_CERTIFICATE, b"none", IDP_CERTIFICATE], corpus!("both_signed")), Ok("alice".into()));
    assert_eq!(said(&[IDP_CERTIFICATE], corpus!("ecdsa")), Err(SamlRefused::Signature));
    assert_eq!(said(&[ELLIPTIC_CERTIFICATE], corpus!("both_signed")), Err(SamlRefused::Signature));
    assert_eq!(said(&[b"none"], corpus!("both_signed")), Err(SamlRefused::NoKey));
    assert_eq!(said(&[], corpus!("both_signed")), Err(SamlRefused::NoKey));
}

#[test]
fn an_answer_to_nothing_is_believed_where_nothing_was_asked_and_nowhere_else() {
    let said = |xml: &str, in_response_to| {
        let expected = Expected { in_response_to, ..expected() };
        assertion(&STANDARD.encode(xml), &ours(), &idp(), &expected).map(|read| read.name_id.value)
    };
    assert_eq!(said(corpus!("unsolicited"), None), Ok("alice".into()));
    assert_eq!(said(corpus!("unsolicited"), Some(REQUEST)), Err(SamlRefused::InResponseTo));
    assert_eq!(said(corpus!("both_signed"), None), Err(SamlRefused::InResponseTo));
    assert_eq!(said(corpus!("both_signed"), Some("_request-2")), Err(SamlRefused::InResponseTo));
    // The envelope that is not signed is changed to fit: what is signed still tells.
    let attribute = format!(" InResponseTo=\"{REQUEST}\"");
    let stripped = changed(corpus!("assertion_signed"), &attribute, "");
    assert_eq!(said(&stripped, None), Err(SamlRefused::InResponseTo));
    let other = changed(corpus!("assertion_signed"), REQUEST, "_request-2");
    assert_eq!(said(&other, Some("_request-2")), Err(SamlRefused::InResponseTo));
    let added = changed(corpus!("unsolicited"), "<ns0:Response ", &format!("<ns0:Response{attribute} "));
    assert_eq!(said(&added, Some(REQUEST)), Err(SamlRefused::InResponseTo));
}

#[test]
fn base64_may_be_broken_into_lines() {
    let encoded = STANDARD.encode(corpus!("both_signed"));
    let lines: Vec<_> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    assert!(assertion(&lines.join("\r\n"), &ours(), &idp(), &expected()).is_ok());
    for (text, why) in [("*", "it is no base64"), ("gIGC", "it is no UTF-8")] {
        assert_eq!(assertion(text, &ours(), &idp(), &expected()), Err(SamlRefused::Binding(why)));
    }
}
