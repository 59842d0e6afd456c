//! Each step of the two ceremonies, and what each refuses. Table tests: a row is one lie.

use serde_json::{Value, json};

use super::assertion::{Assertion, Used, user_handle};
use super::registration::{Registered, verify};
use super::*;
use crate::crypto::cose::Algorithm;
use crate::kit::clock::Timestamp;
use crate::kit::rng::EntropyRng;
use crate::kit::rng::SystemEntropy;
use crate::testing::{TestKey, TestPasskey};

const DOMAIN: &str = "example.com";
const SUB: &str = "0f1e2d3c-4b5a-4678-8897-a6b5c4d3e2f1";

/// Options with a new challenge, and what is kept of it.
fn options() -> (Value, String) {
    let challenge = Challenge::generate(&mut EntropyRng(&SystemEntropy));
    (json!({"challenge": challenge.to_text(), "user": {"id": user_handle(SUB)}}), challenge.hashed())
}

fn expected(challenge_hash: &str) -> Expected<'_> {
    Expected { challenge_hash, relying_party_id: DOMAIN, verification: UserVerification::Preferred }
}

fn register(passkey: &mut TestPasskey, verification: UserVerification) -> Result<Registered, CeremonyRefused> {
    let (options, hash) = options();
    verify(&passkey.create(&options), &Expected { verification, ..expected(&hash) })
}

fn stored(registered: Registered) -> WebAuthnCredential {
    WebAuthnCredential {
        pool_id: "pool".into(),
        id: registered.id,
        user_id: SUB.into(),
        relying_party_id: DOMAIN.to_owned(),
        public_key: registered.public_key,
        sign_count: registered.sign_count,
        is_backup_eligible: registered.is_backup_eligible,
        is_backed_up: registered.is_backed_up,
        friendly_name: registered.friendly_name.to_owned(),
        attachment: registered.attachment,
        transports: registered.transports,
        created_at: Timestamp::from_seconds(0),
        last_used_at: None,
    }
}

fn signed_in(passkey: &mut TestPasskey, credential: &WebAuthnCredential, verification: UserVerification) -> Result<Used, CeremonyRefused> {
    let (options, hash) = options();
    let expected = Expected { verification, ..expected(&hash) };
    Assertion::parse(&passkey.get(&options).to_string())?.verify(credential, &expected)
}

#[test]
fn a_passkey_of_each_algorithm_is_made_and_used() {
    for algorithm in Algorithm::ALL {
        let mut passkey = TestPasskey::by(algorithm, DOMAIN);
        let made = register(&mut passkey, UserVerification::Required).unwrap();
        assert_eq!((made.id.as_str(), made.friendly_name), (passkey.id_text().as_str(), "Device passkey"));
        assert_eq!(
            (made.attachment.as_deref(), made.transports.as_slice()),
            (Some("platform"), &["hybrid".to_owned(), "internal".to_owned()][..])
        );
        let credential = stored(made);
        let used = signed_in(&mut passkey, &credential, UserVerification::Required).unwrap();
        assert_eq!(used, Used { sign_count: 0, is_backed_up: false, user_verified: true }, "{algorithm:?}");
    }
}

/// A lie, what refuses it, and how it is told.
type Lie = (&'static str, CeremonyRefused, fn(&mut TestPasskey));

/// M8: lies that both ceremonies refuse.
const LIES: [Lie; 15] = [
    ("another challenge", CeremonyRefused::Challenge, |passkey| passkey.client_data = json!({"challenge": "AAAAAAAAAAAAAAAAAAAAAA"})),
    ("no challenge", CeremonyRefused::Challenge, |passkey| passkey.client_data = json!({"challenge": ""})),
    ("a challenge that is no base64url", CeremonyRefused::Malformed, |passkey| passkey.client_data = json!({"challenge": "+/=="})),
    ("a challenge of another type", CeremonyRefused::Malformed, |passkey| passkey.client_data = json!({"challenge": 1})),
    ("another ceremony", CeremonyRefused::Type, |passkey| passkey.client_data = json!({"type": "payment.get"})),
    ("another site", CeremonyRefused::Origin, |passkey| "https://evil.test".clone_into(&mut passkey.origin)),
    ("a site whose name ends alike", CeremonyRefused::Origin, |passkey| "https://evilexample.com".clone_into(&mut passkey.origin)),
    ("no TLS", CeremonyRefused::Origin, |passkey| "http://example.com".clone_into(&mut passkey.origin)),
    ("a frame of another site", CeremonyRefused::Origin, |passkey| passkey.client_data = json!({"crossOrigin": true})),
    ("a frame in another site", CeremonyRefused::Origin, |passkey| passkey.client_data = json!({"topOrigin": "https://example.com"})),
    ("another relying party", CeremonyRefused::RelyingParty, |passkey| "evil.test".clone_into(&mut passkey.relying_party_id)),
    ("a domain above", CeremonyRefused::RelyingParty, |passkey| "com".clone_into(&mut passkey.relying_party_id)),
    ("nobody present", CeremonyRefused::Presence, |passkey| passkey.flags &= !1),
    ("nobody verified", CeremonyRefused::Verification, |passkey| passkey.flags &= !(1 << 2)),
    ("backed up and not able to be", CeremonyRefused::Backup, |passkey| passkey.flags |= 1 << 4),
];

#[test]
fn what_lies_is_not_registered() {
    for (what, why, lie) in LIES {
        let mut passkey = TestPasskey::on(DOMAIN);
        lie(&mut passkey);
        assert_eq!(register(&mut passkey, UserVerification::Required).unwrap_err(), why, "{what}");
    }
}

#[test]
fn what_lies_does_not_sign_in() {
    for (what, why, lie) in LIES {
        let mut passkey = TestPasskey::on(DOMAIN);
        let credential = stored(register(&mut passkey, UserVerification::Required).unwrap());
        lie(&mut passkey);
        assert_eq!(signed_in(&mut passkey, &credential, UserVerification::Required).unwrap_err(), why, "{what}");
    }
}

#[test]
fn who_is_only_asked_to_verify_may_not_have() {
    let mut passkey = TestPasskey::on(DOMAIN);
    passkey.flags &= !(1 << 2);
    let credential = stored(register(&mut passkey, UserVerification::Preferred).unwrap());
    assert!(!signed_in(&mut passkey, &credential, UserVerification::Preferred).unwrap().user_verified);
}

/// M8: an answer serves its own challenge.
#[test]
fn an_answer_to_one_challenge_answers_no_other() {
    let mut passkey = TestPasskey::on(DOMAIN);
    let ((first, first_hash), (_, second_hash)) = (options(), options());
    let made = passkey.create(&first);
    assert_eq!(verify(&made, &expected(&second_hash)).unwrap_err(), CeremonyRefused::Challenge);
    let credential = stored(verify(&made, &expected(&first_hash)).unwrap());
    let used = Assertion::parse(&passkey.get(&first).to_string()).unwrap();
    assert_eq!(used.verify(&credential, &expected(&second_hash)).unwrap_err(), CeremonyRefused::Challenge);
    used.verify(&credential, &expected(&first_hash)).unwrap();
}

/// M8: a counter that stands or goes back is a copy's; one that never counted is none.
#[test]
fn a_counter_only_rises() {
    let mut passkey = TestPasskey::on(DOMAIN);
    let mut credential = stored(register(&mut passkey, UserVerification::Preferred).unwrap());
    for (stored, said, passes) in
        [(0, 0, true), (0, 1, true), (5, 6, true), (5, 5, false), (5, 4, false), (5, 0, false), (u32::MAX, 0, false)]
    {
        (credential.sign_count, passkey.sign_count) = (stored, said);
        let used = signed_in(&mut passkey, &credential, UserVerification::Preferred);
        assert_eq!(used.map(|used| used.sign_count), if passes { Ok(said) } else { Err(CeremonyRefused::Counter) }, "{stored} {said}");
    }
}

/// M8: the credential of another user, by its owner's handle and without one.
#[test]
fn a_credential_is_its_owners() {
    let (mut passkey, mut other) = (TestPasskey::on(DOMAIN), TestPasskey::on(DOMAIN));
    let credential = stored(register(&mut passkey, UserVerification::Preferred).unwrap());
    register(&mut other, UserVerification::Preferred).unwrap();
    let refused = |passkey: &mut TestPasskey| signed_in(passkey, &credential, UserVerification::Preferred).unwrap_err();
    assert_eq!(refused(&mut other), CeremonyRefused::NotTheirs);
    // By the id of the user's own, it is the key that tells.
    other.id.clone_from(&passkey.id);
    assert_eq!(refused(&mut other), CeremonyRefused::Signature);
    passkey.user_handle = Some(user_handle("00000000-4b5a-4678-8897-a6b5c4d3e2f1"));
    assert_eq!(refused(&mut passkey), CeremonyRefused::NotTheirs);
    // An authenticator that keeps no users names none.
    passkey.user_handle = None;
    signed_in(&mut passkey, &credential, UserVerification::Preferred).unwrap();
}

#[test]
fn what_can_be_backed_up_stays_so() {
    let mut passkey = TestPasskey::on(DOMAIN);
    passkey.flags |= 1 << 3;
    let credential = stored(register(&mut passkey, UserVerification::Preferred).unwrap());
    passkey.flags |= 1 << 4;
    assert!(signed_in(&mut passkey, &credential, UserVerification::Preferred).unwrap().is_backed_up);
    passkey.flags &= !(0b11 << 3);
    assert_eq!(signed_in(&mut passkey, &credential, UserVerification::Preferred).unwrap_err(), CeremonyRefused::Backup);
}

/// M8: RS256 with the key of a curve, and the other way round.
#[test]
fn an_algorithm_that_does_not_go_with_the_key_is_not_registered() {
    let mut passkey = TestPasskey::on(DOMAIN);
    for (named, key) in
        [(-257, Algorithm::Es256), (-7, Algorithm::Rs256), (-35, Algorithm::Es256), (-8, Algorithm::Es256), (-37, Algorithm::Rs256)]
    {
        passkey.cose = Some(TestKey::of(key).cose_naming(named));
        assert_eq!(register(&mut passkey, UserVerification::Preferred).unwrap_err(), CeremonyRefused::Key, "{named} with {key:?}");
    }
}

#[test]
fn a_key_may_vouch_for_itself_and_nobody_else_may() {
    let (options, hash) = options();
    let mut passkey = TestPasskey::on(DOMAIN);
    let stranger = TestKey::of(Algorithm::Es256);
    let own = TestPasskey::on(DOMAIN).key;
    let own = std::mem::replace(&mut passkey.key, own);
    passkey.cose = Some(own.cose());
    verify(&passkey.create_packed(&options, &own), &expected(&hash)).unwrap();
    let refused = verify(&passkey.create_packed(&options, &stranger), &expected(&hash)).unwrap_err();
    assert_eq!(refused, CeremonyRefused::Attestation);
    let data = passkey.authenticator_data(passkey.flags);
    let object = |format: &str, statement: &[u8]| {
        let mut object = minicbor::Encoder::new(Vec::new());
        object.map(3).unwrap().str("fmt").unwrap().str(format).unwrap().str("attStmt").unwrap();
        let mut object = object.into_writer();
        object.extend(statement);
        let mut object = minicbor::Encoder::new(object);
        object.str("authData").unwrap().bytes(&data).unwrap();
        object.into_writer()
    };
    for (format, statement, why) in [
        ("none", &[0xa0][..], None),
        ("none", &[0xa1, 0x61, b'a', 0x00], Some(CeremonyRefused::Attestation)),
        ("packed", &[0xa0], Some(CeremonyRefused::Malformed)),
        ("packed", &[0xa1, 0x63, b'x', b'5', b'c', 0x80], Some(CeremonyRefused::Attestation)),
        ("fido-u2f", &[0xa0], Some(CeremonyRefused::Attestation)),
        ("tpm", &[0xa0], Some(CeremonyRefused::Attestation)),
        ("none", &[0x80], Some(CeremonyRefused::Malformed)),
    ] {
        let judged = verify(&passkey.created(&options, &object(format, statement)), &expected(&hash));
        assert_eq!(judged.err(), why, "{format} {statement:?}");
    }
}

#[test]
fn what_is_no_registration_is_refused() {
    let (options, hash) = options();
    let mut passkey = TestPasskey::on(DOMAIN);
    let honest = passkey.create(&options);
    verify(&honest, &expected(&hash)).unwrap();
    let with = |path: &str, value: Value| {
        let mut changed = honest.clone();
        *changed.pointer_mut(path).unwrap() = value;
        changed
    };
    let long = "A".repeat(LONGEST_MEMBER + 1);
    let cases = [
        json!(null),
        json!("text"),
        json!([]),
        json!({}),
        with("/id", json!("AAAA")),
        with("/rawId", json!(1)),
        with("/type", json!("password")),
        with("/response", json!(null)),
        with("/response/clientDataJSON", json!("e30")),
        with("/response/clientDataJSON", json!("!")),
        with("/response/clientDataJSON", json!(long)),
        with("/response/attestationObject", json!("")),
        with("/response/attestationObject", json!("oA")),
        with("/response/attestationObject", json!(long)),
        with("/response/transports", json!("usb")),
    ];
    for changed in cases {
        assert_eq!(verify(&changed, &expected(&hash)).unwrap_err(), CeremonyRefused::Malformed, "{changed:.80}");
    }
    // Another id in place of the one that the authenticator made.
    let mut renamed = with("/id", json!("AAAA"));
    renamed["rawId"] = json!("AAAA");
    assert_eq!(verify(&renamed, &expected(&hash)).unwrap_err(), CeremonyRefused::Malformed);
    // Every way to cut it off, and a byte more.
    let object = URL_SAFE_NO_PAD.decode(honest["response"]["attestationObject"].as_str().unwrap()).unwrap();
    for length in 0..object.len() {
        verify(&passkey.created(&options, &object[..length]), &expected(&hash)).unwrap_err();
    }
    verify(&passkey.created(&options, &[object.as_slice(), &[0]].concat()), &expected(&hash)).unwrap_err();
}

#[test]
fn unnamed_transports_and_attachments_are_left_out() {
    let (options, hash) = options();
    let mut made = TestPasskey::on(DOMAIN).create(&options);
    made["authenticatorAttachment"] = json!("<script>");
    made["response"]["transports"] = json!(["usb", "usb", "<script>", "nfc"]);
    let registered = verify(&made, &expected(&hash)).unwrap();
    assert_eq!(
        (registered.attachment, registered.transports, registered.friendly_name),
        (None, vec!["nfc".to_owned(), "usb".to_owned()], "Passkey")
    );
}

/// What another implementation of CBOR and COSE wrote: the fuzzer's corpus begins with it.
#[test]
fn registrations_by_another_implementation_are_taken() {
    let corpus = [
        &include_bytes!("../../../tests/fuzz/corpus/passkey/es256")[..],
        include_bytes!("../../../tests/fuzz/corpus/passkey/es384"),
        include_bytes!("../../../tests/fuzz/corpus/passkey/eddsa"),
        include_bytes!("../../../tests/fuzz/corpus/passkey/rs256"),
        include_bytes!("../../../tests/fuzz/corpus/passkey/extensions"),
        include_bytes!("../../../tests/fuzz/corpus/passkey/backed-up"),
    ];
    let (options, hash) = options();
    let mut passkey = TestPasskey::on(DOMAIN);
    for bytes in corpus {
        let (id, object) = bytes[1..].split_at(16);
        passkey.id = id.to_vec();
        let registered = verify(&passkey.created(&options, object), &expected(&hash)).unwrap();
        assert_eq!(registered.id, passkey.id_text());
    }
}

#[test]
fn what_is_no_assertion_is_refused() {
    let (options, _) = options();
    let honest = TestPasskey::on(DOMAIN).get(&options);
    let with = |path: &str, value: Value| {
        let mut changed = honest.clone();
        *changed.pointer_mut(path).unwrap() = value;
        changed.to_string()
    };
    let cases = [
        String::new(),
        "{}".to_owned(),
        "[".repeat(100_000),
        with("/id", json!("AAAA")),
        with("/type", json!("password")),
        with("/response/signature", json!("=")),
        with("/response/authenticatorData", json!(null)),
        with("/response/signature", json!("A".repeat(LONGEST_MEMBER + 1))),
        format!("{honest}{}", " ".repeat(LONGEST_MEMBER * 4)),
    ];
    for changed in cases {
        assert_eq!(Assertion::parse(&changed).unwrap_err(), CeremonyRefused::Malformed, "{changed:.80}");
    }
}

#[test]
fn a_passkey_is_called_by_who_keeps_it() {
    let apple = 0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd_u128.to_be_bytes();
    assert_eq!(friendly_name(&apple, Some("platform")), "iCloud Keychain");
    assert_eq!(friendly_name(&[0; 16], Some("cross-platform")), "Roaming passkey");
    assert_eq!(friendly_name(&[0; 16], Some("platform")), "Device passkey");
    assert_eq!(friendly_name(&[0; 16], None), "Passkey");
}
