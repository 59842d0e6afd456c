//! Assertions that somebody brings, with no response around them.

use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

use super::*;
use crate::federation::saml::{Brought, brought_assertion};

const OURS: &str = "urn:amazon:cognito:sp:eu-central-1_Pool12345";
const ANSWERS: &str = " InResponseTo=\"_request-1\"";
const RECIPIENTS: [&str; 2] = ["https://auth.example/saml2/idpresponse", "https://auth.example/oauth2/token"];

fn brought() -> Brought<'static> {
    Brought { entity_id: OURS, recipients: &RECIPIENTS, now: noon(), encryption: Encryption::Optional, keys: &[OUR_KEY] }
}

fn read_token(xml: &str) -> Result<Assertion, SamlRefused> {
    brought_assertion(&STANDARD.encode(xml), &idp(), &brought())
}

/// What a response has of this name, alone, as it is written: with the namespaces of what stood around it.
fn alone(response: &str, name: &str) -> String {
    let tag = |text: &str| text.split_once('>').unwrap().0.to_owned();
    let (around, own) = (tag(&response[response.find("<ns0:Response").unwrap()..]), tag(element(response, name)));
    let missing = around.split(' ').filter(|part| part.starts_with("xmlns:") && !own.contains(part));
    let namespaces: String = missing.map(|part| format!(" {part}")).collect();
    changed(element(response, name), &format!("<{name}"), &format!("<{name}{namespaces}"))
}

/// The provider's assertion, which nobody asked for, before it is signed.
fn plain() -> String {
    changed(&alone(corpus!("plain"), "ns1:Assertion"), ANSWERS, "")
}

fn genuine() -> String {
    signed(&plain(), &Template::default())
}

fn genuine_with(from: &str, to: &str) -> String {
    signed(&changed(&plain(), from, to), &Template::default())
}

#[test]
fn what_is_signed_and_for_us_is_believed_in_any_base64() {
    let xml = genuine();
    let bytes = xml.as_bytes();
    for text in [STANDARD.encode(bytes), URL_SAFE.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)] {
        let read = brought_assertion(&text, &idp(), &brought()).unwrap();
        assert_eq!((read.name_id.value.as_str(), read.valid_until), ("alice", instant("2026-11-27T12:05:00Z").unwrap()));
    }
    let to_the_token_endpoint = genuine_with("https://auth.example/saml2/idpresponse", "https://auth.example/oauth2/token");
    assert!(read_token(&to_the_token_endpoint).is_ok());
}

#[test]
fn the_first_end_is_the_end() {
    let until = |xml: &str| read_token(xml).unwrap().valid_until;
    let at = |text: &str| instant(text).unwrap();
    let conditions = "NotBefore=\"2026-11-27T12:00:00Z\" NotOnOrAfter=\"2026-11-27T12:05:00Z\"";
    assert_eq!(until(&genuine_with(conditions, "NotOnOrAfter=\"2026-11-27T12:03:00Z\"")), at("2026-11-27T12:03:00Z"));
    assert_eq!(until(&genuine_with(conditions, "NotOnOrAfter=\"2026-11-27T13:00:00Z\"")), at("2026-11-27T12:05:00Z"));
    assert_eq!(until(&genuine_with(conditions, "")), at("2026-11-27T12:05:00Z"));
    let session = "SessionNotOnOrAfter=\"2026-11-27T12:01:00Z\" SessionIndex";
    assert_eq!(until(&genuine_with("SessionIndex", session)), at("2026-11-27T12:01:00Z"));
}

#[test]
fn what_is_for_others_answers_a_browser_or_is_over_is_refused() {
    for (from, to, why) in [
        (OURS, "urn:amazon:cognito:sp:eu-central-1_Other6789", SamlRefused::Audience),
        ("Recipient=\"https://auth.example/saml2/idpresponse\"", "Recipient=\"https://evil.example/acs\"", SamlRefused::Recipient),
        (" Recipient=\"https://auth.example/saml2/idpresponse\"", "", SamlRefused::Recipient),
        (" Recipient", " InResponseTo=\"_request-1\" Recipient", SamlRefused::InResponseTo),
        ("cm:bearer", "cm:sender-vouches", SamlRefused::Confirmation),
        ("cm:bearer", "cm:holder-of-key", SamlRefused::Confirmation),
        ("https://idp.example/metadata</ns1:Issuer>", "https://other.example/metadata</ns1:Issuer>", SamlRefused::Issuer),
        (
            "<ns1:SubjectConfirmationData NotOnOrAfter=\"2026-11-27T12:05:00Z\"",
            "<ns1:SubjectConfirmationData NotOnOrAfter=\"2026-11-27T11:55:00Z\"",
            SamlRefused::Expired,
        ),
        ("<ns1:SubjectConfirmationData NotOnOrAfter=\"2026-11-27T12:05:00Z\"", "<ns1:SubjectConfirmationData", SamlRefused::Confirmation),
        ("NotBefore=\"2026-11-27T12:00:00Z\"", "NotBefore=\"2026-11-27T12:04:00Z\"", SamlRefused::NotYetValid),
    ] {
        let xml = if from == OURS {
            // The name of the subject is in our realm too, and is not what says whom it is for.
            signed(&plain().replace(&format!("<ns1:Audience>{OURS}"), &format!("<ns1:Audience>{to}")), &Template::default())
        } else {
            genuine_with(from, to)
        };
        assert_eq!(read_token(&xml), Err(why), "{to}");
    }
}

#[test]
fn nothing_but_a_signed_assertion_is_one() {
    assert_eq!(read_token(&plain()), Err(SamlRefused::Unsigned));
    assert_eq!(read_token(&changed(&genuine(), ">alice<", ">admin<")), Err(SamlRefused::Signature));
    assert_eq!(read_token(corpus!("assertion_signed")), Err(SamlRefused::Form("Assertion")), "a response is none");
    // A response's signature is not its assertion's.
    assert_eq!(read_token(&alone(corpus!("response_signed"), "ns1:Assertion")), Err(SamlRefused::Unsigned));
    // The answer to a browser's sign-in, with a signature of its own.
    assert_eq!(read_token(&alone(corpus!("assertion_signed"), "ns1:Assertion")), Err(SamlRefused::InResponseTo));
    let attacker = IdentityProvider { certificates: vec![include_bytes!("corpus/attacker.crt.der").to_vec()], ..idp() };
    assert_eq!(brought_assertion(&STANDARD.encode(genuine()), &attacker, &brought()), Err(SamlRefused::Signature));
    for text in ["", "%", "AAAA", "PGE+"] {
        assert!(brought_assertion(text, &idp(), &brought()).is_err(), "{text}");
    }
    assert_eq!(brought_assertion(&"A".repeat(100_001), &idp(), &brought()), Err(SamlRefused::TooLong));
    assert_eq!(read_token("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), Err(SamlRefused::DocumentType));
}

#[test]
fn no_assertion_is_wrapped_around_or_into_a_signed_one() {
    let genuine = genuine();
    let signature = element(&genuine, "ds:Signature");
    let bare = changed(&genuine, signature, "");
    let evil = changed(&changed(&bare, id(&bare, "ns1:Assertion"), "_evil"), ">alice<", ">admin<");
    let within = |what: &str| changed(&evil, "</ns1:Assertion>", &format!("{what}</ns1:Assertion>"));
    let object = |what: &str| changed(signature, "</ds:Signature>", &format!("<ds:Object>{what}</ds:Object></ds:Signature>"));
    for (shape, xml) in [
        ("the genuine one in the evil one", within(&genuine)),
        ("its signature, and it without", within(&format!("{signature}{bare}"))),
        ("it in its signature", within(&object(&bare))),
        ("in Advice", within(&format!("<ns1:Advice>{genuine}</ns1:Advice>"))),
        ("beside each other", format!("<x>{evil}{genuine}</x>")),
    ] {
        let outcome = read_token(&xml);
        assert!(matches!(outcome, Err(SamlRefused::Assertions | SamlRefused::Form("Assertion"))), "{shape}: {outcome:?}");
    }
    // A signature of another element, moved here.
    assert_eq!(read_token(&within(signature)), Err(SamlRefused::SignatureForm("it is of another element")));
    let twice = changed(&genuine, signature, &format!("{signature}{signature}"));
    assert!(read_token(&twice).is_err());
}

#[test]
fn an_encrypted_one_is_signed_within_and_may_be_asked_for() {
    // It decrypts, is signed, and is the answer to a browser's sign-in.
    assert_eq!(read_token(&alone(corpus!("gcm_assertion_signed"), "ns1:EncryptedAssertion")), Err(SamlRefused::InResponseTo));
    assert_eq!(read_token(&alone(corpus!("gcm_unsigned"), "ns1:EncryptedAssertion")), Err(SamlRefused::Unsigned));
    assert_eq!(read_token(&alone(corpus!("cbc_assertion_signed"), "ns1:EncryptedAssertion")), Err(SamlRefused::Malleable));
    let required = Brought { encryption: Encryption::Required, ..brought() };
    assert_eq!(brought_assertion(&STANDARD.encode(genuine()), &idp(), &required), Err(SamlRefused::NotEncrypted));
}
