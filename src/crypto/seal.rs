//! Authenticated encryption for what must be read back: rows at rest, and sealed strings that travel.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::digest::hmac_sha256;
use super::sealed::{Sealable, Sealed};
use crate::kit::rng::random_bytes;

/// The layout that follows this byte: nonce (12), ciphertext, tag (16).
const VERSION: u8 = 1;

/// Why a value was not sealed, or a sealed one not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is not what was sealed there.
    #[error("sealed value does not open: changed, moved to another place, or sealed with another key")]
    Unopenable,
    /// It has no plaintext, or more than the cipher takes.
    #[error("value cannot be sealed")]
    Unsealable,
}

/// The deployment's 256-bit key. Sub-keys are derived from it, so that one key never serves two purposes.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(Zeroizing::new(random_bytes(rng)))
    }

    /// From the base64 text of 32 bytes; `None` for anything else.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The text for the key file.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }

    /// The key for one purpose: HMAC-SHA256(master key, purpose), a one-block HKDF-Expand (RFC 5869 §2.3).
    #[must_use]
    pub fn derive(&self, purpose: &str) -> SealingKey {
        SealingKey(Zeroizing::new(hmac_sha256(self.0.as_slice(), &[purpose.as_bytes(), &[1]])))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// A 256-bit key for one purpose.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Seals a value to its `place` (table, column, row id; or the purpose of what travels): it opens nowhere else.
    ///
    /// # Errors
    /// [`SealError::Unsealable`]; nothing unsealed is handed on in its stead.
    pub fn seal<T: Sealable>(&self, place: &[&str], value: &T, rng: &mut dyn CryptoRng) -> Result<Sealed<T>, SealError> {
        let nonce: [u8; NONCE_LEN] = random_bytes(rng);
        let mut in_out = value.to_plaintext()?;
        let tag = self
            .key()?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated_data(place)), in_out.as_mut_slice())
            .map_err(|_| SealError::Unsealable)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + in_out.len() + AES_256_GCM.tag_len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&in_out);
        sealed.extend_from_slice(tag.as_ref());
        Ok(Sealed::stored(sealed))
    }

    /// Opens what [`SealingKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`SealError::Unopenable`] when a bit was changed, or the place, the key or the kind of value is another.
    pub fn open<T: Sealable>(&self, place: &[&str], sealed: &Sealed<T>) -> Result<T, SealError> {
        let (version, rest) = sealed.as_bytes().split_first().ok_or(SealError::Unopenable)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Unopenable)?;
        if *version != VERSION {
            return Err(SealError::Unopenable);
        }
        let mut in_out = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Unopenable)?;
        let opened = self.key()?.open_in_place(nonce, Aad::from(associated_data(place)), in_out.as_mut_slice());
        let length = opened.map_err(|_| SealError::Unopenable)?.len();
        in_out.truncate(length);
        T::from_plaintext(in_out).ok_or(SealError::Unopenable)
    }

    /// A keyed hash for what has too little entropy for a plain one (six-digit codes): without the key, a stolen
    /// database cannot be searched for the code.
    #[must_use]
    pub fn keyed_hash(&self, parts: &[&str]) -> [u8; 32] {
        hmac_sha256(self.0.as_slice(), &[&associated_data(parts)])
    }

    /// AES-256-GCM takes any 32 bytes.
    fn key(&self) -> Result<LessSafeKey, SealError> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map(LessSafeKey::new).map_err(|_| SealError::Unsealable)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey")
    }
}

/// Length-prefixed, so that no two lists of parts give the same bytes.
fn associated_data(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::rng::{EntropyRng, SeededEntropy};

    fn key(seed: u64) -> SealingKey {
        MasterKey::generate(&mut EntropyRng(&SeededEntropy::new(seed))).derive("test")
    }

    fn seal(place: &[&str]) -> Sealed<String> {
        key(1).seal(place, &"plaintext".to_owned(), &mut EntropyRng(&SeededEntropy::new(9))).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let sealed = seal(&["users", "totp", "alice"]);
        assert_eq!(key(1).open(&["users", "totp", "alice"], &sealed).unwrap(), "plaintext");
        assert_eq!(key(1).open(&["users", "totp", "mallory"], &sealed), Err(SealError::Unopenable));
        assert_eq!(key(1).open(&["users", "totpalice"], &sealed), Err(SealError::Unopenable));
        assert_eq!(key(2).open(&["users", "totp", "alice"], &sealed), Err(SealError::Unopenable));
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        let sealed = seal(&["x"]).as_bytes().to_vec();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 0x10;
            let open = |bytes: &[u8]| key(1).open(&["x"], &Sealed::<String>::stored(bytes.to_vec()));
            assert_eq!(open(&changed), Err(SealError::Unopenable), "byte {position}");
            assert_eq!(open(&sealed[..position]), Err(SealError::Unopenable), "cut at {position}");
        }
    }

    #[test]
    fn a_master_key_round_trips_and_stays_out_of_debug() {
        let master = MasterKey::generate(&mut EntropyRng(&SeededEntropy::new(3)));
        let text = master.to_base64();
        let again = MasterKey::from_base64(&text).unwrap();
        assert_eq!(again.derive("a").keyed_hash(&[]), master.derive("a").keyed_hash(&[]));
        assert_ne!(master.derive("a").keyed_hash(&[]), master.derive("b").keyed_hash(&[]));
        assert_eq!(format!("{master:?} {:?}", master.derive("a")), "MasterKey SealingKey");
        assert!(MasterKey::from_base64("c2hvcnQ=").is_none());
    }
}
