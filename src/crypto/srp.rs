//! SRP-6a as Cognito speaks it: RFC 5054's 3072-bit group, SHA-256, and a session key by "Caldera Derived Key".
//!
//! Every hash is taken over the padded form of its numbers: big-endian without leading zero bytes, and one zero byte in
//! front where the top bit is set. amazon-cognito-identity-js and pycognito compute the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, U3072, const_monty_params};
use rand::CryptoRng;
use time::PrimitiveDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;
use zeroize::Zeroizing;

use super::digest::{hmac_sha256, sha256};
use super::password::Password;
use super::seal::SealError;
use super::seal::SealingKey;
use super::sealed::Sealable;
use crate::kit::clock::Timestamp;
use crate::kit::rng::random_bytes;
use crate::kit::secret::constant_time_equals;

const_monty_params!(
    Group,
    U3072,
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    "The 3072-bit group of RFC 5054 appendix A, generator 2."
);

type Element = ConstMontyForm<Group, { U3072::LIMBS }>;

const SALT_BYTES: usize = 16;
const GROUP_BYTES: usize = 384;
const INFO: &[u8] = b"Caldera Derived Key\x01";

/// `Tue Nov 4 09:05:01 UTC 2025`: English, the day not padded.
const TIMESTAMP: &[FormatItem<'_>] =
    format_description!("[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]");

/// Why a client's public value is refused before any big-number work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPublicValue {
    /// Not hexadecimal digits, or none.
    #[error("SRP_A is not a hexadecimal number")]
    NotHexadecimal,
    /// Not below the group's modulus; honest clients send `g^a mod N`.
    #[error("SRP_A is not below the modulus")]
    OutOfRange,
    /// RFC 5054 §2.5.4: the server must abort if `A mod N` is zero.
    #[error("SRP_A is zero")]
    Zero,
}

/// What the server keeps in place of the password: `g^x mod N` and the salt of `x`. Sealed at rest.
pub struct Verifier {
    salt: [u8; SALT_BYTES],
    verifier: U3072,
}

impl Verifier {
    /// The verifier of a password. Costs one power: run it on the hashing pool.
    ///
    /// Clients prove the text that they were given: what they are typed must reach them in NFC, as keyboards write it.
    #[must_use]
    pub fn make(pool_name: &str, user_id: &str, password: &Password, salt: [u8; SALT_BYTES]) -> Self {
        let salt = significant(salt);
        let identity = sha256(&[pool_name.as_bytes(), user_id.as_bytes(), b":", password.expose_secret().as_bytes()]);
        let x = sha256(&[&padded(&salt), &identity]);
        Self { salt, verifier: power(generator(), &U256::from_be_slice(&x)).retrieve() }
    }

    /// For users who do not exist: the same salt at each try, on each node and after each restart, so that it tells
    /// nothing; nobody knows a password for it. Costs no power: opening somebody's verifier costs none either.
    #[must_use]
    pub fn fake(key: &SealingKey, pool_id: &str, name: &str) -> Self {
        let mut salt = [0; SALT_BYTES];
        salt.iter_mut().zip(key.keyed_hash(&["salt", pool_id, name])).for_each(|(to, from)| *to = from);
        let blocks = ('a'..='l').map(|block| key.keyed_hash(&["verifier", pool_id, name, block.encode_utf8(&mut [0; 4])]));
        let mut root = [0; GROUP_BYTES];
        // The first byte stays zero, so that the number is below the modulus.
        root.iter_mut().skip(1).zip(blocks.flatten()).for_each(|(to, from)| *to = from);
        let root = Element::new(&U3072::from_be_slice(&root));
        // A square, as every power of the generator is.
        Self { salt: significant(salt), verifier: (root * root).retrieve() }
    }

    /// The verifier that a client gives for a device of its own: a number, big-endian, of the group and above 1. The salt stays
    /// with the device.
    ///
    /// SECURITY: with a verifier of 0 the proof would not depend on the secret, with 1 nobody would need to know one.
    #[must_use]
    pub fn given(bytes: &[u8]) -> Option<Self> {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let significant = bytes.get(zeros..).filter(|significant| significant.len() <= GROUP_BYTES)?;
        let mut wide = [0; GROUP_BYTES];
        wide.iter_mut().rev().zip(significant.iter().rev()).for_each(|(to, from)| *to = *from);
        let verifier = U3072::from_be_slice(&wide);
        (verifier > U3072::ONE && verifier < *Element::MODULUS.as_ref()).then_some(Self { salt: [0; SALT_BYTES], verifier })
    }

    /// The salt as clients get it.
    #[must_use]
    pub fn salt_hex(&self) -> String {
        super::digest::hex(&self.salt)
    }
}

/// Salt and verifier.
impl Sealable for Verifier {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut bytes = Zeroizing::new(self.salt.to_vec());
        bytes.extend_from_slice(self.verifier.to_be_bytes().as_ref());
        Ok(bytes)
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let (salt, verifier) = bytes.split_first_chunk::<SALT_BYTES>()?;
        (verifier.len() == GROUP_BYTES).then(|| Self { salt: *salt, verifier: U3072::from_be_slice(verifier) })
    }
}

/// A client's public value `A`, known to be in the group and not zero.
pub struct ClientPublic(U3072);

impl ClientPublic {
    /// Reads `SRP_A`.
    ///
    /// # Errors
    /// [`BadPublicValue`], before any big-number work.
    pub fn parse(hex: &str) -> Result<Self, BadPublicValue> {
        let digits = hex.trim_start_matches('0');
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(BadPublicValue::NotHexadecimal);
        }
        if digits.is_empty() {
            return Err(BadPublicValue::Zero);
        }
        if digits.len() > GROUP_BYTES * 2 {
            return Err(BadPublicValue::OutOfRange);
        }
        let value = U3072::from_be_hex(&format!("{digits:0>width$}", width = GROUP_BYTES * 2));
        if value >= *Element::MODULUS.as_ref() {
            return Err(BadPublicValue::OutOfRange);
        }
        Ok(Self(value))
    }

    /// What the value is known by again: only who drew it, and whom it was sent to, can tell.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0)
    }
}

fn fingerprint(public: &U3072) -> String {
    super::digest::hex(&sha256(&[public.to_be_bytes().as_ref()]))
}

/// The server's half of one exchange. It rides, sealed, in the challenge's SECRET_BLOCK.
pub struct ServerChallenge {
    secret: U256,
    client_public: U3072,
    server_public: U3072,
}

impl ServerChallenge {
    /// Draws the secret `b` (256 bits) and computes `B = k·v + g^b`. Costs one power: run it on the hashing pool.
    #[must_use]
    pub fn start(verifier: &Verifier, client_public: ClientPublic, secret: [u8; 32]) -> Self {
        let secret = U256::from_be_slice(&secret);
        let server_public = (multiplier() * Element::new(&verifier.verifier) + power(generator(), &secret)).retrieve();
        Self { secret, client_public: client_public.0, server_public }
    }

    /// A fresh secret for [`ServerChallenge::start`].
    #[must_use]
    pub fn draw_secret(rng: &mut dyn CryptoRng) -> [u8; 32] {
        random_bytes(rng)
    }

    /// `SRP_B` in hexadecimal.
    #[must_use]
    pub fn server_public_hex(&self) -> String {
        super::digest::hex(&unpadded(&self.server_public))
    }

    /// [`ClientPublic::fingerprint`] of `A`.
    #[must_use]
    pub fn client_fingerprint(&self) -> String {
        fingerprint(&self.client_public)
    }

    /// `b`, `A` and `B`, to be sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(self.secret.to_be_bytes().as_ref().to_vec());
        bytes.extend_from_slice(self.client_public.to_be_bytes().as_ref());
        bytes.extend_from_slice(self.server_public.to_be_bytes().as_ref());
        bytes
    }

    /// From the bytes of [`ServerChallenge::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_at_checked(32)?;
        let (client_public, server_public) = rest.split_at_checked(GROUP_BYTES)?;
        (server_public.len() == GROUP_BYTES).then(|| Self {
            secret: U256::from_be_slice(secret),
            client_public: U3072::from_be_slice(client_public),
            server_public: U3072::from_be_slice(server_public),
        })
    }

    /// Whether the client proved that it knows the password. Costs two powers: run it on the hashing pool.
    #[must_use]
    pub fn proves(&self, verifier: &Verifier, proof: &Proof) -> bool {
        let scramble = sha256(&[&padded_number(&self.client_public), &padded_number(&self.server_public)]);
        // SECURITY: with u = 0 the shared secret would not depend on the verifier (RFC 5054 §2.5.3, the client's check;
        // ours costs nothing).
        if scramble.iter().all(|byte| *byte == 0) {
            return false;
        }
        let base = Element::new(&self.client_public) * power(Element::new(&verifier.verifier), &U256::from_be_slice(&scramble));
        let shared = power(base, &self.secret).retrieve();
        let pseudo_random_key = Zeroizing::new(hmac_sha256(&padded(&scramble), &[&padded_number(&shared)]));
        let block = Zeroizing::new(hmac_sha256(pseudo_random_key.as_slice(), &[INFO]));
        let (key, _) = block.split_at(16);
        let expected =
            hmac_sha256(key, &[proof.pool_name.as_bytes(), proof.user_id.as_bytes(), proof.secret_block, proof.timestamp.as_bytes()]);
        constant_time_equals(STANDARD.encode(expected).as_bytes(), proof.signature.as_bytes())
    }
}

/// What PASSWORD_VERIFIER answers.
pub struct Proof<'a> {
    /// The part of the pool id after `_`; for devices, the device group key.
    pub pool_name: &'a str,
    /// USER_ID_FOR_SRP; for devices, the device key.
    pub user_id: &'a str,
    /// PASSWORD_CLAIM_SECRET_BLOCK, decoded.
    pub secret_block: &'a [u8],
    /// TIMESTAMP, as sent.
    pub timestamp: &'a str,
    /// PASSWORD_CLAIM_SIGNATURE, base64.
    pub signature: &'a str,
}

/// The moment that a TIMESTAMP names; `None` when it is of another form or locale.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let moment = PrimitiveDateTime::parse(text, TIMESTAMP).ok()?;
    Some(Timestamp::from_seconds(moment.assume_utc().unix_timestamp()))
}

/// A salt without a leading zero byte. Clients disagree on one: amazon-cognito-identity-js hashes the salt as a number, which
/// drops it, pycognito as the text it was sent, which keeps it.
const fn significant(mut salt: [u8; SALT_BYTES]) -> [u8; SALT_BYTES] {
    let [first, ..] = &mut salt;
    if *first == 0 {
        *first = 1;
    }
    salt
}

/// What an exchange costs: everything else is next to nothing.
fn power(base: Element, exponent: &U256) -> Element {
    #[cfg(test)]
    tests::POWERS.with(|powers| powers.set(powers.get() + 1));
    base.pow(exponent)
}

fn generator() -> Element {
    Element::new(&U3072::from_u64(2))
}

/// `k = H(00‖N‖02)`.
fn multiplier() -> Element {
    let hash = sha256(&[&padded_number(Element::MODULUS.as_ref()), &[2]]);
    Element::new(&U3072::from_be_slice(&{
        let mut wide = [0; GROUP_BYTES];
        wide.iter_mut().rev().zip(hash.iter().rev()).for_each(|(to, from)| *to = *from);
        wide
    }))
}

/// Big-endian, without leading zero bytes.
fn unpadded(number: &U3072) -> Zeroizing<Vec<u8>> {
    let bytes = Zeroizing::new(number.to_be_bytes().as_ref().to_vec());
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Zeroizing::new(bytes.iter().skip(zeros).copied().collect())
}

fn padded_number(number: &U3072) -> Zeroizing<Vec<u8>> {
    padded(&unpadded(number))
}

/// The padded form of a number's bytes: see the module's note.
fn padded(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let significant = bytes.get(zeros..).unwrap_or_default();
    let mut padded = Zeroizing::new(Vec::with_capacity(significant.len() + 1));
    if significant.first().is_none_or(|first| *first >= 0x80) {
        padded.push(0);
    }
    padded.extend_from_slice(significant);
    padded
}

#[cfg(test)]
pub(crate) mod tests;
