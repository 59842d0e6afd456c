//! Encrypted assertions: what may be opened, and whose word it is then.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPublicEncryptingKey, PrivateDecryptingKey};

use super::*;

fn with(xml: &str, expected: &Expected<'_>) -> Result<Assertion, SamlRefused> {
    assertion(&STANDARD.encode(xml), &ours(), &idp(), expected)
}

fn encrypted(xml: &str) -> &str {
    element(xml, "ns1:EncryptedAssertion")
}

/// An unsigned response with a text that anybody encrypted to us, by AES-256-GCM and a method of RSA.
fn with_encrypted(text: &str, oaep: &'static OaepAlgorithm, method: &str) -> String {
    let (content_key, nonce, mut sealed) = ([7; 32], [1; 12], text.as_bytes().to_vec());
    let aes = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &content_key).unwrap());
    aes.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).unwrap();
    let ours = PrivateDecryptingKey::from_pkcs8(OUR_KEY.pkcs8()).unwrap();
    let mut wrapped = vec![0; ours.key_size_bytes()];
    OaepPublicEncryptingKey::new(ours.public_key()).unwrap().encrypt(oaep, &content_key, &mut wrapped, None).unwrap();
    let value = |bytes: &[u8]| format!("<e:CipherData><e:CipherValue>{}</e:CipherValue></e:CipherData>", STANDARD.encode(bytes));
    let encrypted = format!(
        r#"<ns1:EncryptedAssertion xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>{}</e:EncryptedData><e:EncryptedKey>{method}{}</e:EncryptedKey></ns1:EncryptedAssertion>"#,
        value(&[&nonce[..], &sealed].concat()),
        value(&wrapped),
    );
    let response = signed(corpus!("plain"), &Template::default());
    changed(&response, element(&response, "ns1:Assertion"), &encrypted)
}

const SHA1: &str = r#"<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>"#;

#[test]
fn whatever_was_encrypted_to_us_must_be_one_signed_assertion() {
    let response = signed(corpus!("plain"), &Template::default());
    let genuine = element(&response, "ns1:Assertion");
    let unsigned = element(corpus!("plain"), "ns1:Assertion");
    let nested = format!("<ns1:EncryptedAssertion>{genuine}</ns1:EncryptedAssertion>");
    for (text, outcome) in [
        (genuine.to_owned(), Ok("alice")),
        (format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{genuine}"), Ok("alice")),
        (unsigned.to_owned(), Err(SamlRefused::Unsigned)),
        (changed(genuine, ">alice<", ">admin<"), Err(SamlRefused::Signature)),
        (format!("{genuine}{unsigned}"), Err(SamlRefused::Undecipherable)),
        (format!("{genuine}<a/>"), Err(SamlRefused::Undecipherable)),
        (format!("<a>{genuine}</a>"), Err(SamlRefused::Undecipherable)),
        (nested, Err(SamlRefused::Undecipherable)),
        ("<ns1:EncryptedAssertion/>".into(), Err(SamlRefused::Undecipherable)),
        (format!("</Context><Context>{genuine}"), Err(SamlRefused::Undecipherable)),
        (format!("</Context>{genuine}<Context>"), Err(SamlRefused::Undecipherable)),
        (format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{genuine}"), Err(SamlRefused::Undecipherable)),
        (String::new(), Err(SamlRefused::Undecipherable)),
        ("text".into(), Err(SamlRefused::Undecipherable)),
    ] {
        let said = read(&with_encrypted(&text, &OAEP_SHA1_MGF1SHA1, SHA1)).map(|read| read.name_id.value);
        assert_eq!(said, outcome.map(str::to_owned), "{text:.80}");
    }
}

#[test]
fn keys_are_wrapped_in_the_ways_that_are_named() {
    let response = signed(corpus!("plain"), &Template::default());
    let said = |oaep, method: &str| read(&with_encrypted(element(&response, "ns1:Assertion"), oaep, method)).map(drop);
    let method = |digest: &str, mask: &str| {
        format!(
            r#"<e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><d:DigestMethod xmlns:d="http://www.w3.org/2000/09/xmldsig#" Algorithm="{digest}"/><m:MGF xmlns:m="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#{mask}"/></e:EncryptionMethod>"#
        )
    };
    let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    assert_eq!(said(&OAEP_SHA256_MGF1SHA256, &method(SHA256, "mgf1sha256")), Ok(()));
    assert_eq!(said(&OAEP_SHA1_MGF1SHA1, &method(sha1, "mgf1sha1")), Ok(()));
    assert_eq!(said(&OAEP_SHA256_MGF1SHA256, &method(sha1, "mgf1sha1")), Err(SamlRefused::Undecipherable));
    assert_eq!(said(&OAEP_SHA256_MGF1SHA256, &method(SHA256, "mgf1sha1")), Err(SamlRefused::EncryptionAlgorithm));
    let label = SHA1.replace("/>", "><e:OAEPparams>QUJD</e:OAEPparams></e:EncryptionMethod>");
    assert_eq!(said(&OAEP_SHA1_MGF1SHA1, &label), Err(SamlRefused::Undecipherable));
    assert_eq!(said(&OAEP_SHA1_MGF1SHA1, &label.replace("QUJD", "*")), Err(SamlRefused::Form("OAEPparams")));
}

#[test]
fn encryption_may_be_required() {
    let required = Expected { encryption: Encryption::Required, ..expected() };
    assert!(with(corpus!("gcm_both_signed"), &required).is_ok());
    assert_eq!(with(corpus!("both_signed"), &required), Err(SamlRefused::NotEncrypted));
}

#[test]
fn any_of_our_keys_opens_and_no_other_does() {
    let other = Key::from_pkcs8(include_bytes!("corpus/attacker.key.der"));
    let by = |keys: &[Key<'_>]| with(corpus!("gcm_both_signed"), &Expected { keys, ..expected() }).map(|read| read.name_id.value);
    assert_eq!(by(&[other, OUR_KEY]), Ok("alice".into()));
    assert_eq!(by(&[Key::from_pkcs8(b"none"), OUR_KEY]), Ok("alice".into()));
    for keys in [&[][..], &[other], &[Key::from_pkcs8(b"none")]] {
        assert_eq!(by(keys), Err(SamlRefused::Undecipherable));
    }
}

#[test]
fn an_encrypted_assertion_is_signed_within_or_by_its_response() {
    // Anybody can encrypt to us.
    assert_eq!(read(corpus!("gcm_unsigned")), Err(SamlRefused::Unsigned));
    // CVE-2026-2092: put into a signed response, in place of the assertion and beside it.
    let evil = encrypted(corpus!("gcm_unsigned"));
    let place = element(corpus!("response_signed"), "ns1:Assertion");
    assert_eq!(read(&changed(corpus!("response_signed"), place, evil)), Err(SamlRefused::Signature));
    assert_eq!(read(&changed(corpus!("response_signed"), place, &format!("{evil}{place}"))), Err(SamlRefused::Assertions));
    let place = element(corpus!("assertion_signed"), "ns1:Assertion");
    assert_eq!(read(&changed(corpus!("assertion_signed"), place, &format!("{evil}{place}"))), Err(SamlRefused::Assertions));
    assert_eq!(read(&changed(corpus!("assertion_signed"), place, &format!("{place}{evil}"))), Err(SamlRefused::Assertions));
    let place = encrypted(corpus!("gcm_both_signed"));
    assert_eq!(read(&changed(corpus!("gcm_both_signed"), place, evil)), Err(SamlRefused::Signature));
    // The signed ciphertext of one message is the word of the provider in another, and no more than that.
    let moved = changed(corpus!("gcm_unsigned"), evil, encrypted(corpus!("gcm_assertion_signed")));
    assert_eq!(read(&moved).unwrap().name_id.value, "alice");
}

#[test]
fn a_decrypted_text_is_read_where_it_stood() {
    let inner = |declared: &str| {
        changed(corpus!("gcm_inherits_namespaces"), "<ns1:EncryptedAssertion>", &format!("<ns1:EncryptedAssertion {declared}>"))
    };
    assert_eq!(read(&inner("")).unwrap().name_id.value, "alice");
    // A nearer declaration counts, and one that the text does not use changes nothing.
    assert_eq!(read(&inner("xmlns:ns0=\"urn:x\" xmlns=\"urn:&amp;&quot;\"")).unwrap().name_id.value, "alice");
    assert_eq!(read(&inner("xmlns:ns2=\"urn:x\"")), Err(SamlRefused::Unsigned));
    // What is declared by EncryptedData is not around it.
    assert_eq!(read(&changed(corpus!("gcm_inherits_namespaces"), " xmlns:xsi=\"", " xmlns:xs=\"")), Err(SamlRefused::Undecipherable));
}

#[test]
fn cbc_is_opened_where_the_ciphertext_is_signed_alone() {
    assert!(read(corpus!("cbc_response_signed")).is_ok());
    assert_eq!(read(corpus!("cbc_assertion_signed")), Err(SamlRefused::Malleable));
    let value = encrypted(corpus!("cbc_response_signed")).rsplit_once("<ns0:CipherValue>").unwrap().1.split_once('<').unwrap().0;
    let xml = changed(corpus!("cbc_response_signed"), value, &value.replacen(['a', 'b', 'c', 'd'], "A", 1));
    assert_eq!(read(&xml), Err(SamlRefused::Signature));
}

#[test]
fn other_algorithms_are_not_opened() {
    assert_eq!(read(corpus!("rsa15_response_signed")), Err(SamlRefused::EncryptionAlgorithm));
    for (from, to) in [
        ("xmlenc11#aes256-gcm", "xmlenc11#aes256-ccm"),
        ("http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
        ("xmlenc#rsa-oaep-mgf1p", "xmlenc#rsa-1_5"),
        ("xmlenc#rsa-oaep-mgf1p", "xmlenc#kw-aes256"),
    ] {
        assert_eq!(read(&changed(corpus!("gcm_assertion_signed"), from, to)), Err(SamlRefused::EncryptionAlgorithm), "{to}");
    }
}

#[test]
fn changed_ciphertexts_and_other_shapes_are_refused() {
    let genuine = corpus!("gcm_assertion_signed");
    assert!(read(genuine).is_ok());
    for value in [genuine.split("<ns0:CipherValue>").nth(1).unwrap(), genuine.split("<ns0:CipherValue>").nth(2).unwrap()] {
        let value = value.split_once('<').unwrap().0;
        let xml = changed(genuine, value, &value.replacen(['a', 'b', 'c', 'd'], "A", 1));
        assert_eq!(read(&xml), Err(SamlRefused::Undecipherable));
        assert_eq!(read(&changed(genuine, value, "")), Err(SamlRefused::Undecipherable));
        assert_eq!(read(&changed(genuine, value, "*")), Err(SamlRefused::Form("CipherValue")));
    }
    let key = element(genuine, "ns0:EncryptedKey");
    let ids = |key: &str| key.replacen(" Id=\"", " X=\"", 1);
    for (from, to, why) in [
        (key, String::new(), "EncryptedKey"),
        (key, ids(key).repeat(5), "EncryptedKey"),
        ("xmlenc#Element", "xmlenc#Content".into(), "EncryptedData"),
        ("<ns0:CipherValue>", "<ns0:CipherReference URI=\"#x\"/><ns0:X>".into(), ""),
    ] {
        let outcome = read(&changed(genuine, from, &to));
        assert_eq!(outcome, Err(if why.is_empty() { SamlRefused::Xml } else { SamlRefused::Form(why) }), "{from}");
    }
    assert!(read(&changed(genuine, key, &ids(key).repeat(4))).is_ok());
}
