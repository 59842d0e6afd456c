//! What we send: read by the binding's own rules, and by our own reader where it can.

use std::io::Read;

use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use flate2::read::DeflateDecoder;
use percent_encoding::percent_decode_str;

use super::*;
use crate::federation::saml::document::{Node, parse};
use crate::federation::saml::names::{ASSERTION, PROTOCOL};
use crate::federation::saml::{
    Authentication, Begun, LogoutEnd, NameId, Parameter, authn_request, logout_answered_by_redirect, logout_request,
    logout_requested_by_redirect, logout_response, metadata, redirect,
};

fn begun() -> Begun<'static> {
    Begun { id: REQUEST, at: noon() }
}

#[test]
fn a_request_names_us_and_where_the_answer_goes() {
    assert_eq!(
        authn_request(&ours(), &idp(), begun(), Authentication::Any, None),
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_request-1\" Version=\"2.0\" IssueInstant=\"2026-11-27T12:00:00Z\" Destination=\"https://idp.example/sso?tenant=1&amp;x=2\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         AssertionConsumerServiceURL=\"https://auth.example/saml2/idpresponse\">\
         <saml:Issuer>urn:amazon:cognito:sp:eu-central-1_Pool12345</saml:Issuer></samlp:AuthnRequest>"
    );
    let xml = authn_request(&ours(), &idp(), begun(), Authentication::Anew, Some("\"><a>&\u{e9}"));
    let document = parse(&xml).unwrap();
    let request = Node::root(&document).unwrap();
    assert_eq!(request.attribute("ForceAuthn"), Some("true"));
    let subject = request.one(ASSERTION, "Subject").unwrap();
    assert_eq!(subject.one(ASSERTION, "NameID").unwrap().whole_text(), "\"><a>&\u{e9}");
}

#[test]
fn a_redirect_is_signed_over_its_very_query() {
    let key = Key::from_pkcs8(IDP_KEY);
    let pair = RsaKeyPair::from_pkcs8(IDP_KEY).unwrap();
    for (address, state, before) in [
        ("https://idp.example/sso", Some("a b&c=+/%\u{e9}"), "https://idp.example/sso?"),
        ("https://idp.example/sso?tenant=1", None, "https://idp.example/sso?tenant=1&"),
    ] {
        let url = redirect(address, Parameter::Request, "<a>\u{e9}</a>", state, Some(key)).unwrap();
        let query = url.strip_prefix(before).unwrap();
        let (signed, signature) = query.split_once("&Signature=").unwrap();
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let signature = STANDARD.decode(decoded(signature)).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
        assert!(public.verify(signed.as_bytes(), &signature).is_ok());
        let parts: Vec<_> = signed.split('&').map(|part| part.split_once('=').unwrap()).collect();
        let names: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, if state.is_some() { vec!["SAMLRequest", "RelayState", "SigAlg"] } else { vec!["SAMLRequest", "SigAlg"] });
        let mut xml = String::new();
        DeflateDecoder::new(STANDARD.decode(decoded(parts[0].1)).unwrap().as_slice()).read_to_string(&mut xml).unwrap();
        assert_eq!(xml, "<a>\u{e9}</a>");
        assert_eq!(parts.iter().find(|(name, _)| *name == "RelayState").map(|(_, state)| decoded(state)).as_deref(), state);
    }
    let unsigned = redirect("https://idp.example/", Parameter::Response, "<a/>", None, None).unwrap();
    assert!(unsigned.starts_with("https://idp.example/?SAMLResponse=") && !unsigned.contains('&'));
    let bad = redirect("https://idp.example/", Parameter::Response, "<a/>", None, Some(Key::from_pkcs8(b"none")));
    assert_eq!(bad, Err(SamlRefused::OurKey));
}

/// We and the provider change places: what we write is what we read.
#[test]
fn our_messages_of_logout_are_read_by_our_own_reader() {
    let (us, them) = (ours(), idp());
    let they_are_us =
        ServiceProvider { entity_id: them.entity_id.clone(), acs_url: String::new(), logout_url: "https://idp.example/slo".into() };
    let we_are_them = IdentityProvider { entity_id: us.entity_id.clone(), ..idp() };
    let query = |parameter, xml: &str| {
        let url = redirect("https://idp.example/slo", parameter, xml, Some("s"), Some(Key::from_pkcs8(IDP_KEY))).unwrap();
        url.split_once('?').unwrap().1.to_owned()
    };
    let name_id = NameId { value: "<a>&".into(), format: Some("f\"".into()), name_qualifier: Some("q".into()), sp_name_qualifier: None };
    let request = query(Parameter::Request, &logout_request(&us, &them, begun(), &name_id, Some("i<")).unwrap());
    let read = logout_requested_by_redirect(&request, &they_are_us, &we_are_them, noon()).unwrap();
    assert_eq!((read.id.as_str(), &read.name_id, read.session_indexes), (REQUEST, &name_id, vec!["i<".to_owned()]));
    let strange = logout_request(&us, &them, Begun { id: "a/b", at: noon() }, &name_id, None).unwrap();
    let read = logout_requested_by_redirect(&query(Parameter::Request, &strange), &they_are_us, &we_are_them, noon());
    assert_eq!(read, Err(SamlRefused::Form("ID")));
    for end in [LogoutEnd::Complete, LogoutEnd::Partial] {
        let response = logout_response(&us, &them, Begun { id: "_answer", at: noon() }, REQUEST, end).unwrap();
        let read = logout_answered_by_redirect(&query(Parameter::Response, &response), &they_are_us, &we_are_them, REQUEST, noon());
        assert_eq!(read.map(|read| read.end), Ok(end));
    }
    let silent = IdentityProvider { sign_out: None, ..idp() };
    assert_eq!(logout_request(&us, &silent, begun(), &name_id, None), Err(SamlRefused::NoLogout));
    assert_eq!(logout_response(&us, &silent, begun(), REQUEST, LogoutEnd::Complete), Err(SamlRefused::NoLogout));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let url = redirect("https://a/", Parameter::Request, &" ".repeat(100_000), None, Some(Key::from_pkcs8(IDP_KEY))).unwrap();
    let read = logout_requested_by_redirect(url.split_once('?').unwrap().1, &ours(), &idp(), noon());
    assert_eq!(read, Err(SamlRefused::Xml));
    let url = redirect("https://a/", Parameter::Request, &" ".repeat(10_000_000), None, Some(Key::from_pkcs8(IDP_KEY))).unwrap();
    let read = logout_requested_by_redirect(url.split_once('?').unwrap().1, &ours(), &idp(), noon());
    assert_eq!(read, Err(SamlRefused::TooLong));
}

#[test]
fn our_metadata_has_what_a_provider_needs() {
    let xml = metadata(&ours(), IDP_CERTIFICATE, Some(ELLIPTIC_CERTIFICATE));
    let document = parse(&xml).unwrap();
    let entity = Node::root(&document).unwrap();
    const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
    assert_eq!(entity.attribute("entityID"), Some(ours().entity_id.as_str()));
    let descriptor = entity.one(METADATA, "SPSSODescriptor").unwrap();
    assert_eq!(descriptor.attribute("protocolSupportEnumeration"), Some(PROTOCOL));
    let keys: Vec<_> = descriptor.all(METADATA, "KeyDescriptor").map(|key| (key.attribute("use").unwrap(), key.whole_text())).collect();
    assert_eq!(keys, [("signing", STANDARD.encode(IDP_CERTIFICATE)), ("encryption", STANDARD.encode(ELLIPTIC_CERTIFICATE))]);
    let acs = descriptor.one(METADATA, "AssertionConsumerService").unwrap();
    assert_eq!((acs.attribute("Location"), acs.attribute("index")), (Some(ours().acs_url.as_str()), Some("0")));
    assert!(descriptor.all(METADATA, "SingleLogoutService").all(|logout| logout.attribute("Location") == Some(&ours().logout_url)));
    assert_eq!(metadata(&ours(), IDP_CERTIFICATE, None).matches("KeyDescriptor use").count(), 1);
}
