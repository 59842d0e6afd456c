//! Hashes and keyed hashes, and the forms in which bearer secrets and codes rest.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::CryptoRng;

use crate::kit::rng::random_bytes;
use crate::kit::secret::{Secret, constant_time_equals};

/// SHA-256 of the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    bytes_of(context.finish().as_ref())
}

/// HMAC-SHA256 of the parts, one after the other.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    bytes_of(context.sign().as_ref())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn bytes_of(digest: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    bytes
}

/// A bearer secret of 256 bits, as its holder gets it: shown once, never stored.
pub struct PlainToken(Secret);

impl PlainToken {
    /// A new secret.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<32>(rng)).into())
    }

    /// What somebody presents as one.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(Secret::from(text.to_owned()))
    }

    /// The form that is stored. A plain hash suffices: 256 random bits cannot be guessed.
    #[must_use]
    pub fn hashed(&self) -> HashedToken {
        HashedToken(hex(&sha256(&[self.0.expose_secret().as_bytes()])))
    }

    /// The text to hand out.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A bearer secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedToken(String);

impl HashedToken {
    /// A hash read from the store.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is the hash of the same secret, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        constant_time_equals(self.0.as_bytes(), other.0.as_bytes())
    }
}

/// The `SECRET_HASH` of an app client with a secret: Base64(HMAC-SHA256(secret, username + client id)).
///
/// Source: Amazon Cognito developer guide, "Computing secret hash values".
#[must_use]
pub fn secret_hash(client_secret: &Secret, username: &str, client_id: &str) -> String {
    STANDARD.encode(hmac_sha256(client_secret.expose_secret().as_bytes(), &[username.as_bytes(), client_id.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_hash_is_aws_formula() {
        // printf 'alice1h57kf5cpq17m0eml12EXAMPLE' | openssl dgst -sha256 -hmac secret -binary | base64
        let hash = secret_hash(&Secret::from("secret".to_owned()), "alice", "1h57kf5cpq17m0eml12EXAMPLE");
        assert_eq!(hash, STANDARD.encode(hmac_sha256(b"secret", &[b"alice1h57kf5cpq17m0eml12EXAMPLE"])));
        assert_eq!(hash.len(), 44);
    }

    #[test]
    fn sha256_is_of_the_concatenation() {
        assert_eq!(hex(&sha256(&[b"a", b"bc"])), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
