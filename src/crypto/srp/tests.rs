//! A client written apart from the server, and the group of RFC 5054.

use super::*;
use crate::crypto::seal::MasterKey;
use crate::kit::rng::{EntropyRng, SeededEntropy};

const POOL: &str = "AbCdEfGhI";
const STAMP: &str = "Tue Nov 4 09:05:01 UTC 2025";

thread_local! {
    /// The powers that this thread took.
    pub static POWERS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The client's side, written from RFC 5054 and apart from the server's: `S = (B - k·g^x)^(a + u·x)`.
pub(crate) struct Client<'a> {
    pub secret: [u8; 32],
    pub pool: &'a str,
    pub stamp: &'a str,
}

impl Client<'_> {
    fn public(&self) -> U3072 {
        generator().pow(&U256::from_be_slice(&self.secret)).retrieve()
    }

    /// SRP_A.
    pub fn public_hex(&self) -> String {
        super::super::digest::hex(self.public().to_be_bytes().as_ref())
    }

    /// PASSWORD_CLAIM_SIGNATURE.
    pub fn prove(&self, user: &str, password: &str, salt_hex: &str, server_public_hex: &str, block: &[u8]) -> String {
        let salt = data_encoding::HEXLOWER.decode(salt_hex.as_bytes()).unwrap();
        let server_public = U3072::from_be_hex(&format!("{server_public_hex:0>768}"));
        let u = sha256(&[&padded_number(&self.public()), &padded_number(&server_public)]);
        let identity = sha256(&[format!("{}{user}:{password}", self.pool).as_bytes()]);
        let x = U256::from_be_slice(&sha256(&[&padded(&salt), &identity]));
        let base = Element::new(&server_public) - multiplier() * generator().pow(&x);
        // (base^a) · (base^u)^x: the same as base^(a + u·x), in 256-bit exponents.
        let shared = (base.pow(&U256::from_be_slice(&self.secret)) * base.pow(&U256::from_be_slice(&u)).pow(&x)).retrieve();
        let prk = hmac_sha256(&padded(&u), &[&padded_number(&shared)]);
        let key = hmac_sha256(&prk, &[INFO]);
        STANDARD.encode(hmac_sha256(&key[..16], &[self.pool.as_bytes(), user.as_bytes(), block, self.stamp.as_bytes()]))
    }
}

fn exchange(stored: &str, typed: &str) -> bool {
    let verifier = Verifier::make(POOL, "alice", &stored.into(), [0x91; 16]);
    let client = Client { secret: [0x42; 32], pool: POOL, stamp: STAMP };
    let public = ClientPublic::parse(&client.public_hex()).unwrap();
    let challenge = ServerChallenge::start(&verifier, public, [0x17; 32]);
    let challenge = ServerChallenge::from_bytes(&challenge.to_bytes()).unwrap();
    let verifier = Verifier::from_plaintext(verifier.to_plaintext().unwrap()).unwrap();
    let signature = client.prove("alice", typed, &verifier.salt_hex(), &challenge.server_public_hex(), b"block");
    let proof = Proof { pool_name: POOL, user_id: "alice", secret_block: b"block", timestamp: STAMP, signature: &signature };
    challenge.proves(&verifier, &proof)
}

#[test]
fn the_right_password_proves_itself_and_a_wrong_one_does_not() {
    assert!(exchange("Pa55word!", "Pa55word!"));
    assert!(!exchange("Pa55word!", "Pa55word?"));
}

#[test]
fn a_password_that_was_stored_decomposed_is_proven_composed() {
    assert!(exchange("cafe\u{301}-Pa55!", "caf\u{e9}-Pa55!"));
}

#[test]
fn public_values_outside_of_the_group_are_refused() {
    let modulus = super::super::digest::hex(Element::MODULUS.as_ref().to_be_bytes().as_ref());
    let twice = format!("1{}", &modulus); // longer than the modulus
    for (value, refusal) in [
        ("", BadPublicValue::NotHexadecimal),
        ("xyz", BadPublicValue::NotHexadecimal),
        ("-5", BadPublicValue::NotHexadecimal),
        ("0", BadPublicValue::Zero),
        ("000000", BadPublicValue::Zero),
        (modulus.as_str(), BadPublicValue::OutOfRange),
        (twice.as_str(), BadPublicValue::OutOfRange),
        ("f".repeat(1 << 20).as_str(), BadPublicValue::OutOfRange),
    ] {
        assert_eq!(ClientPublic::parse(value).err(), Some(refusal), "{:.20}", value);
    }
    assert!(ClientPublic::parse("00ff").is_ok());
}

#[test]
fn a_user_who_does_not_exist_has_a_stable_salt_of_their_own() {
    let key = MasterKey::generate(&mut EntropyRng(&SeededEntropy::new(1))).derive("srp");
    let salt = |pool: &str, name: &str| Verifier::fake(&key, pool, name).salt_hex();
    assert_eq!(salt("p", "ghost"), salt("p", "ghost"));
    assert_ne!(salt("p", "ghost"), salt("p", "ghost2"));
    assert_ne!(salt("p", "ghost"), salt("q", "ghost"));
    assert_eq!(salt("p", "ghost").len(), 32);
}

#[test]
fn an_exchange_takes_as_many_powers_for_nobody_as_for_somebody() {
    let key = MasterKey::generate(&mut EntropyRng(&SeededEntropy::new(1))).derive("srp");
    let stored = Verifier::make(POOL, "alice", &"Pa55word!".into(), [1; 16]).to_plaintext().unwrap();
    let powers = |verifier: &dyn Fn() -> Verifier| {
        POWERS.set(0);
        let challenge = ServerChallenge::start(&verifier(), ClientPublic::parse("ff").unwrap(), [0x17; 32]);
        let begun = POWERS.get();
        let proof = Proof { pool_name: POOL, user_id: "alice", secret_block: b"", timestamp: STAMP, signature: "" };
        assert!(!challenge.proves(&verifier(), &proof));
        (begun, POWERS.get())
    };
    let somebody = powers(&|| Verifier::from_plaintext(stored.clone()).unwrap());
    assert_eq!(somebody, (1, 3));
    assert_eq!(powers(&|| Verifier::fake(&key, POOL, "ghost")), somebody);
}

#[test]
fn timestamps_are_english_with_the_day_unpadded() {
    assert_eq!(parse_timestamp(STAMP), Some(Timestamp::from_seconds(1_762_247_101)));
    for other in ["Di Nov 4 09:05:01 UTC 2025", "2025-11-04T09:05:01Z", "", "Tue Nov 4 09:05:01 GMT 2025"] {
        assert_eq!(parse_timestamp(other), None, "{other}");
    }
}

#[test]
fn padding_follows_the_top_bit() {
    assert_eq!(padded(&[0, 0, 0x7f]).as_slice(), [0x7f]);
    assert_eq!(padded(&[0, 0x80]).as_slice(), [0, 0x80]);
    assert_eq!(padded(&[]).as_slice(), [0]);
}

#[test]
fn no_salt_has_a_leading_zero_byte_for_clients_to_disagree_on() {
    let verifier = Verifier::make("pool", "alice", &"Pa55word!".into(), [0; SALT_BYTES]);
    assert_eq!(verifier.salt_hex(), format!("01{}", "00".repeat(SALT_BYTES - 1)));
    let key = MasterKey::generate(&mut EntropyRng(&SeededEntropy::new(7))).derive("nobody");
    let name = (0..).map(|number: u32| number.to_string()).find(|name| key.keyed_hash(&["salt", "pool", name]).starts_with(&[0])).unwrap();
    assert!(Verifier::fake(&key, "pool", &name).salt_hex().starts_with("01"));
}

#[test]
fn a_verifier_that_a_client_gives_is_of_the_group_and_proves_something() {
    let secret = Verifier::make(POOL, "device", &"secret".into(), [0x91; 16]).to_plaintext().unwrap();
    let verifier = &secret[SALT_BYTES..];
    let padded: Vec<u8> = std::iter::once(0).chain(verifier.iter().copied()).collect();
    for given in [verifier, padded.as_slice()] {
        let given = Verifier::given(given).unwrap();
        let client = Client { secret: [0x42; 32], pool: POOL, stamp: STAMP };
        let challenge = ServerChallenge::start(&given, ClientPublic::parse(&client.public_hex()).unwrap(), [0x17; 32]);
        let salt = super::super::digest::hex(&[0x91; 16]);
        let signature = client.prove("device", "secret", &salt, &challenge.server_public_hex(), b"block");
        let proof = Proof { pool_name: POOL, user_id: "device", secret_block: b"block", timestamp: STAMP, signature: &signature };
        assert!(challenge.proves(&given, &proof));
    }
    let modulus = Element::MODULUS.as_ref().to_be_bytes();
    for refused in [&[][..], &[0; 384], &[1], &[0, 1], modulus.as_ref(), &[0xff; 384], &[7; 385], &[0xff; 1 << 17]] {
        assert!(Verifier::given(refused).is_none(), "{} bytes", refused.len());
    }
    assert!(Verifier::given(&[2]).is_some());
}
