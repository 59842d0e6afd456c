//! Public keys of authenticators, as COSE writes them, and the signatures that they verify.
//!
//! Source: RFC 9052 §7, RFC 9053 §2 and §7, RFC 8812 §2; WebAuthn Level 3 §5.8.5 for what an algorithm goes with.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};

use super::cbor::{Malformed, Reader};

/// The shortest and the longest modulus of an RSA key, in bytes: 2,048 to 4,096 bits. What is longer costs much to verify.
const RSA_MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// The longest public exponent of an RSA key, in bytes.
const LONGEST_RSA_EXPONENT: usize = 4;

/// What a key signs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// Ed25519.
    EdDsa,
    /// ECDSA over P-384 with SHA-384.
    Es384,
}

impl Algorithm {
    /// All that are verified, the preferred first. Cognito names the first two.
    pub const ALL: [Self; 4] = [Self::Es256, Self::Rs256, Self::EdDsa, Self::Es384];

    /// The number in COSE's registry.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Rs256 => -257,
            Self::EdDsa => -8,
            Self::Es384 => -35,
        }
    }

    fn of(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.id() == id)
    }
}

/// Why bytes are no key that is verified with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Not a COSE key.
    #[error("not a COSE key")]
    Malformed,
    /// An algorithm that is not verified, or a key that its algorithm does not go with.
    #[error("an unsupported key")]
    Unsupported,
}

impl From<Malformed> for KeyRefused {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A public key with the one algorithm that it signs by.
#[derive(Debug)]
pub struct PublicKey {
    algorithm: Algorithm,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Point(ParsedPublicKey),
    Rsa(PublicKeyComponents<Vec<u8>>),
}

/// The parameters of a key, as far as they are read. One and the same label means other things for other types of keys.
#[derive(Default)]
struct Parameters<'b> {
    key_type: Option<i64>,
    algorithm: Option<i64>,
    /// -1: a curve.
    curve: Option<i64>,
    /// -1: a modulus.
    modulus: Option<&'b [u8]>,
    /// -2: x, or an exponent.
    second: Option<&'b [u8]>,
    /// -3: y.
    third: Option<&'b [u8]>,
}

impl PublicKey {
    /// Reads one key.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, KeyRefused> {
        let parameters = Parameters::read(reader)?;
        let algorithm = parameters.algorithm.ok_or(KeyRefused::Malformed)?;
        let algorithm = Algorithm::of(algorithm).ok_or(KeyRefused::Unsupported)?;
        let key = match algorithm {
            Algorithm::Es256 => parameters.point(&ECDSA_P256_SHA256_ASN1, 1, 32)?,
            Algorithm::Es384 => parameters.point(&ECDSA_P384_SHA384_ASN1, 2, 48)?,
            Algorithm::EdDsa => parameters.edwards()?,
            Algorithm::Rs256 => parameters.rsa()?,
        };
        Ok(Self { algorithm, key })
    }

    /// The key that these bytes, and no others, make.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyRefused> {
        let mut reader = Reader::new(bytes);
        let key = Self::read(&mut reader)?;
        if reader.is_at_end() { Ok(key) } else { Err(KeyRefused::Malformed) }
    }

    /// What it signs by.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether a signature is this key's over a message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Point(key) => key.verify_sig(message, signature),
            Key::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        }
        .is_ok()
    }
}

impl<'b> Parameters<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, KeyRefused> {
        let mut read = Self::default();
        for _ in 0..reader.map()? {
            match reader.integer()? {
                1 => once(&mut read.key_type, reader.integer()?)?,
                3 => once(&mut read.algorithm, reader.integer()?)?,
                // COSE keys are canonical: the type, 1, comes before what is read by it.
                -1 if read.key_type == Some(RSA) => once(&mut read.modulus, reader.bytes()?)?,
                -1 => once(&mut read.curve, reader.integer()?)?,
                -2 => once(&mut read.second, reader.bytes()?)?,
                -3 => once(&mut read.third, reader.bytes()?)?,
                _ => reader.skip()?,
            }
        }
        Ok(read)
    }

    /// A point of a curve, uncompressed (WebAuthn forbids the other form).
    fn point(&self, algorithm: &'static dyn VerificationAlgorithm, curve: i64, bytes: usize) -> Result<Key, KeyRefused> {
        let coordinates = (self.second.unwrap_or_default(), self.third.unwrap_or_default());
        let is_whole = coordinates.0.len() == bytes && coordinates.1.len() == bytes;
        if self.key_type != Some(EC2) || self.curve != Some(curve) || !is_whole {
            return Err(KeyRefused::Unsupported);
        }
        parsed(algorithm, &[&[4], coordinates.0, coordinates.1].concat())
    }

    fn edwards(&self) -> Result<Key, KeyRefused> {
        const ED25519_CURVE: i64 = 6;
        let point = self.second.filter(|point| point.len() == 32).ok_or(KeyRefused::Unsupported)?;
        if self.key_type != Some(OKP) || self.curve != Some(ED25519_CURVE) {
            return Err(KeyRefused::Unsupported);
        }
        parsed(&ED25519, point)
    }

    fn rsa(&self) -> Result<Key, KeyRefused> {
        let (modulus, exponent) = (self.modulus.unwrap_or_default(), self.second.unwrap_or_default());
        let is_odd = exponent.last().is_some_and(|last| last & 1 == 1);
        let is_large = exponent.len() > 1 || exponent.first().is_some_and(|only| *only >= 3);
        let has_zeros = modulus.first() == Some(&0) || exponent.first() == Some(&0);
        let fits = RSA_MODULUS_BYTES.contains(&modulus.len()) && exponent.len() <= LONGEST_RSA_EXPONENT;
        if self.key_type != Some(RSA) || !is_odd || !is_large || has_zeros || !fits {
            return Err(KeyRefused::Unsupported);
        }
        Ok(Key::Rsa(PublicKeyComponents { n: modulus.to_vec(), e: exponent.to_vec() }))
    }
}

const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;

/// A key whose point is on its curve.
fn parsed(algorithm: &'static dyn VerificationAlgorithm, bytes: &[u8]) -> Result<Key, KeyRefused> {
    ParsedPublicKey::new(algorithm, bytes).map(Key::Point).map_err(|_| KeyRefused::Unsupported)
}

/// SECURITY: a parameter that stands twice would be another one to another reader.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), KeyRefused> {
    if place.replace(value).is_some() { Err(KeyRefused::Malformed) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestKey;

    #[test]
    fn each_algorithm_verifies_its_own_signature_and_no_other() {
        for algorithm in Algorithm::ALL {
            let (key, other) = (TestKey::of(algorithm), TestKey::of(algorithm));
            let public = PublicKey::parse(&key.cose()).unwrap();
            assert_eq!(public.algorithm(), algorithm);
            let signature = key.sign(b"message");
            assert!(public.verifies(b"message", &signature), "{algorithm:?}");
            assert!(!public.verifies(b"another", &signature), "{algorithm:?}");
            assert!(!public.verifies(b"message", &other.sign(b"message")), "{algorithm:?}");
            assert!(!public.verifies(b"message", &[]), "{algorithm:?}");
        }
    }

    /// M8: an algorithm goes with one type of key and one curve.
    #[test]
    fn an_algorithm_with_another_type_of_key_is_refused() {
        for algorithm in Algorithm::ALL {
            for named in Algorithm::ALL {
                let read = PublicKey::parse(&TestKey::of(algorithm).cose_naming(named.id()));
                assert_eq!(read.is_ok(), named == algorithm, "a key of {algorithm:?} that says {named:?}");
            }
            let unknown = PublicKey::parse(&TestKey::of(algorithm).cose_naming(-37)).unwrap_err();
            assert_eq!(unknown, KeyRefused::Unsupported);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = TestKey::of(Algorithm::Es256).cose();
        let changed = |at: usize, to: u8| {
            let mut changed = key.clone();
            changed[at] = to;
            changed
        };
        // a5 | 01 02 | 03 26 | 20 01 | 21 58 20 <x> | 22 58 20 <y>
        let cases: [(&str, Vec<u8>); 8] = [
            ("nothing", vec![]),
            ("an empty map", vec![0xa0]),
            ("a type twice", changed(3, 0x01)),
            ("the curve P-384", changed(6, 0x02)),
            ("the type OKP", changed(2, 0x01)),
            ("a point that is on no curve", changed(20, key[20] ^ 1)),
            ("a key that is cut off", key[..key.len() - 1].to_vec()),
            ("a key with more after it", [key.as_slice(), &[0]].concat()),
        ];
        for (what, bytes) in cases {
            assert!(PublicKey::parse(&bytes).is_err(), "{what}");
        }
    }
}
