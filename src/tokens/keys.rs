//! A pool's signing keys: RSA-2048 pairs named by `kid`, and the JWKS that publishes them.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use rand::CryptoRng;
use serde::Serialize;
use zeroize::Zeroizing;

use super::provider;
use crate::crypto::seal::SealError;
use crate::crypto::sealed::Sealable;
use crate::kit::rng::random_bytes;

/// Why a key could not be made, read or used. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no RSA private key in PKCS#8 form.
    #[error("not a usable RSA key")]
    Unusable,
    /// The claims could not be signed.
    #[error("signing failed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// The half of a key pair that signs: PKCS #8.
pub struct PrivateKey(Zeroizing<Vec<u8>>);

impl PrivateKey {
    /// PKCS #8, for who makes a certificate of it.
    #[must_use]
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.0
    }
}

impl Sealable for PrivateKey {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Ok(self.0.clone())
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        Some(Self(bytes))
    }
}

/// A key pair that signs.
pub struct SigningKey {
    kid: String,
    private: PrivateKey,
    encoding: EncodingKey,
    public: PublicKey,
}

impl SigningKey {
    /// A new RSA-2048 pair. Takes tens to hundreds of milliseconds: run it on the hashing pool.
    ///
    /// # Errors
    /// [`KeyError::Unusable`] when the system's generator fails.
    pub fn generate(kid: String) -> Result<Self, KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Unusable)?;
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| KeyError::Unusable)?;
        Self::of(kid, PrivateKey(Zeroizing::new(der.as_ref().to_vec())))
    }

    /// A `kid` as Cognito's look: base64 of 32 random bytes.
    #[must_use]
    pub fn new_kid(rng: &mut dyn CryptoRng) -> String {
        STANDARD.encode(random_bytes::<32>(rng))
    }

    /// A key read from the store.
    ///
    /// # Errors
    /// [`KeyError::Unusable`] when it is no RSA key.
    pub fn of(kid: String, private: PrivateKey) -> Result<Self, KeyError> {
        provider::install();
        let pair = provider::parsed(&private.0).map_err(|_| KeyError::Unusable)?;
        let modulus = pair.public_key().modulus().big_endian_without_leading_zero().to_vec();
        let exponent = pair.public_key().exponent().big_endian_without_leading_zero().to_vec();
        let encoding = EncodingKey::from_rsa_der(&private.0);
        let public = PublicKey::new(kid.clone(), &modulus, &exponent);
        Ok(Self { kid, private, encoding, public })
    }

    /// The half that signs, to be sealed.
    #[must_use]
    pub const fn private(&self) -> &PrivateKey {
        &self.private
    }

    /// The key's name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The half that verifies.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A JWT of the claims, RS256. The header has `kid` and `alg` only, as Cognito's.
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let header = Header { typ: None, kid: Some(self.kid.clone()), ..Header::new(Algorithm::RS256) };
        Ok(jsonwebtoken::encode(&header, claims, &self.encoding)?)
    }
}

#[cfg(test)]
impl SigningKey {
    /// The claims under any header, as others sign them.
    pub fn sign_under(&self, header: &Header, claims: &impl Serialize) -> String {
        jsonwebtoken::encode(
            &Header { kid: header.kid.clone().or_else(|| Some(self.kid.clone())), ..header.clone() },
            claims,
            &self.encoding,
        )
        .unwrap()
    }
}

/// The half of a key pair that verifies.
#[derive(Clone)]
pub struct PublicKey {
    jwk: Jwk,
    decoding: DecodingKey,
}

impl PublicKey {
    fn new(kid: String, modulus: &[u8], exponent: &[u8]) -> Self {
        Self {
            jwk: Jwk {
                alg: "RS256",
                e: URL_SAFE_NO_PAD.encode(exponent),
                kid,
                kty: "RSA",
                n: URL_SAFE_NO_PAD.encode(modulus),
                r#use: "sig",
            },
            decoding: DecodingKey::from_rsa_raw_components(modulus, exponent),
        }
    }

    /// The key's name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.jwk.kid
    }

    pub(super) const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

/// A pool's keys: the one that signs, and the public halves of all that may have signed or will.
pub struct PoolKeys {
    /// The key that signs.
    pub current: SigningKey,
    /// What JWKS publishes: current, next, previous.
    pub public: Vec<PublicKey>,
}

/// A public key as JWKS publishes it (RFC 7517 §4, RFC 7518 §6.3.1).
#[derive(Clone, Debug, Serialize)]
pub struct Jwk {
    alg: &'static str,
    e: String,
    kid: String,
    kty: &'static str,
    n: String,
    r#use: &'static str,
}

/// A pool's key set document: the key that signs, the one that will sign next, and those whose tokens still live.
#[derive(Debug, Serialize)]
pub struct Jwks<'a> {
    keys: Vec<&'a Jwk>,
}

impl<'a> Jwks<'a> {
    /// The document for these keys.
    pub fn of(keys: impl IntoIterator<Item = &'a PublicKey>) -> Self {
        Self { keys: keys.into_iter().map(|key| &key.jwk).collect() }
    }
}
