//! The message format of the AWS Encryption SDK, as far as one key and one short text need it: what custom senders decrypt
//! codes with.
//!
//! Source: AWS Encryption SDK developer guide, "AWS Encryption SDK message format reference", version 2; algorithm suite 0x0478
//! (AES-256-GCM with HKDF-SHA-512 and key commitment, unsigned); raw AES keyring for the data key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::seal::SealError;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;

/// The key namespace of the data key, as a raw AES keyring names it. The key name is the key's ARN.
pub const NAMESPACE: &str = "passwright";

const VERSION: u8 = 2;
const SUITE: [u8; 2] = 0x0478_u16.to_be_bytes();
const FRAMED: u8 = 2;
const FRAME_LENGTH: u32 = 4096;
const FINAL_FRAME: u32 = u32::MAX;
const FINAL_FRAME_CONTEXT: &[u8] = b"AWSKMSEncryptionClient Final Frame";
const FIRST: u32 = 1;
const TAG_BITS: u32 = 128;
/// The initialization vector of a version 2 header.
const HEADER_IV: [u8; NONCE_LEN] = [0; NONCE_LEN];

/// A key that data keys are wrapped with, by the name that it goes by.
pub struct WrappingKey {
    name: String,
    key: Zeroizing<[u8; 32]>,
}

impl WrappingKey {
    /// From the base64 text of 32 bytes; `None` for anything else.
    #[must_use]
    pub fn from_base64(name: &str, text: &Secret) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).ok()?);
        Some(Self { name: name.to_owned(), key: Zeroizing::new(bytes.as_slice().try_into().ok()?) })
    }

    /// Encrypts a short text, bound to a context that whoever decrypts it may look at.
    ///
    /// # Errors
    /// [`SealError::Unsealable`] for what does not fit one frame.
    pub fn encrypt(&self, text: &str, context: &[(&str, &str)], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        let data_key: Zeroizing<[u8; 32]> = Zeroizing::new(random_bytes(rng));
        let message_id: [u8; 32] = random_bytes(rng);
        let context = serialized(context)?;
        let derive = |info: &[&[u8]]| derived(data_key.as_slice(), &message_id, info);
        let (key, commitment) = (derive(&[&SUITE, b"DERIVEKEY"])?, derive(&[b"COMMITKEY"])?);

        let mut message = vec![VERSION];
        message.extend_from_slice(&SUITE);
        message.extend_from_slice(&message_id);
        push(&mut message, &context)?;
        message.extend_from_slice(&1_u16.to_be_bytes());
        self.push_data_key(&mut message, data_key.as_slice(), &context, rng)?;
        message.push(FRAMED);
        message.extend_from_slice(&FRAME_LENGTH.to_be_bytes());
        message.extend_from_slice(commitment.as_slice());
        let (_, tag) = sealed(key.as_slice(), HEADER_IV, &message, b"")?;
        message.extend_from_slice(&tag);

        let length = u32::try_from(text.len()).ok().filter(|length| *length <= FRAME_LENGTH).ok_or(SealError::Unsealable)?;
        let mut iv = HEADER_IV;
        iv.iter_mut().rev().zip(FIRST.to_be_bytes().into_iter().rev()).for_each(|(to, from)| *to = from);
        let parts: [&[u8]; 4] = [&message_id, FINAL_FRAME_CONTEXT, &FIRST.to_be_bytes(), &u64::from(length).to_be_bytes()];
        let (ciphertext, tag) = sealed(key.as_slice(), iv, &parts.concat(), text.as_bytes())?;
        message.extend_from_slice(&FINAL_FRAME.to_be_bytes());
        message.extend_from_slice(&FIRST.to_be_bytes());
        message.extend_from_slice(&iv);
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(&ciphertext);
        message.extend_from_slice(&tag);
        Ok(message)
    }

    /// The data key, wrapped as a raw AES keyring does it.
    fn push_data_key(&self, message: &mut Vec<u8>, data_key: &[u8], context: &[u8], rng: &mut dyn CryptoRng) -> Result<(), SealError> {
        let iv: [u8; NONCE_LEN] = random_bytes(rng);
        let (mut wrapped, tag) = sealed(self.key.as_slice(), iv, context, data_key)?;
        wrapped.extend_from_slice(&tag);
        let iv_length = u32::try_from(NONCE_LEN).map_err(|_| SealError::Unsealable)?.to_be_bytes();
        let info = [self.name.as_bytes(), &TAG_BITS.to_be_bytes(), &iv_length, &iv].concat();
        push(message, NAMESPACE.as_bytes())?;
        push(message, &info)?;
        push(message, &wrapped)
    }
}

/// A field after its length.
fn push(message: &mut Vec<u8>, field: &[u8]) -> Result<(), SealError> {
    let length = u16::try_from(field.len()).map_err(|_| SealError::Unsealable)?;
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(field);
    Ok(())
}

/// The encryption context: names and values, sorted by name. Of nothing, nothing.
fn serialized(context: &[(&str, &str)]) -> Result<Vec<u8>, SealError> {
    let mut pairs = context.to_vec();
    pairs.sort_unstable();
    let mut bytes = Vec::new();
    if !pairs.is_empty() {
        bytes.extend_from_slice(&u16::try_from(pairs.len()).map_err(|_| SealError::Unsealable)?.to_be_bytes());
    }
    for (name, value) in pairs {
        push(&mut bytes, name.as_bytes())?;
        push(&mut bytes, value.as_bytes())?;
    }
    Ok(bytes)
}

fn derived(data_key: &[u8], message_id: &[u8], info: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>, SealError> {
    let mut key = Zeroizing::new([0; 32]);
    let pseudorandom = hkdf::Salt::new(hkdf::HKDF_SHA512, message_id).extract(data_key);
    let expanded = pseudorandom.expand(info, ThirtyTwo).map_err(|_| SealError::Unsealable)?;
    expanded.fill(key.as_mut_slice()).map_err(|_| SealError::Unsealable)?;
    Ok(key)
}

struct ThirtyTwo;

impl hkdf::KeyType for ThirtyTwo {
    fn len(&self) -> usize {
        32
    }
}

/// AES-256-GCM: the ciphertext and the tag.
fn sealed(key: &[u8], iv: [u8; NONCE_LEN], context: &[u8], plaintext: &[u8]) -> Result<(Vec<u8>, Vec<u8>), SealError> {
    let key = UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| SealError::Unsealable)?;
    let mut in_out = plaintext.to_vec();
    let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), Aad::from(context), &mut in_out);
    let tag = tag.map_err(|_| SealError::Unsealable)?;
    Ok((in_out, tag.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::rng::{EntropyRng, SeededEntropy};

    fn opened(key: &[u8], iv: &[u8], context: &[u8], ciphertext: &[u8]) -> Vec<u8> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap());
        let mut in_out = ciphertext.to_vec();
        key.open_in_place(Nonce::try_assume_unique_for_key(iv).unwrap(), Aad::from(context), &mut in_out).unwrap().to_vec()
    }

    /// Reads the message step by step as the format reference lays it out. That the SDK itself decrypts one is tested with it.
    #[test]
    fn a_message_has_the_layout_of_the_reference_and_opens() {
        let name = "arn:aws:kms:us-east-1:000000000000:key/k";
        let key = WrappingKey::from_base64(name, &Secret::from(STANDARD.encode([7; 32]))).unwrap();
        let entropy = SeededEntropy::new(1);
        let message = key.encrypt("123456", &[("userpool-id", "p")], &mut EntropyRng(&entropy)).unwrap();
        assert_eq!(&message[..3], [2, 0x04, 0x78]);
        let message_id = &message[3..35];
        let context = b"\0\x01\0\x0buserpool-id\0\x01p";
        assert_eq!(&message[35..37], u16::try_from(context.len()).unwrap().to_be_bytes());
        let mut at = 37 + context.len();
        assert_eq!(&message[37..at], context);
        assert_eq!(&message[at..at + 2], [0, 1], "one data key");
        at += 2;
        let mut field = || {
            let length = usize::from(u16::from_be_bytes(message[at..at + 2].try_into().unwrap()));
            let field = &message[at + 2..at + 2 + length];
            at += 2 + length;
            field
        };
        let (namespace, info, wrapped) = (field(), field(), field());
        assert_eq!((namespace, &info[..name.len()]), (NAMESPACE.as_bytes(), name.as_bytes()));
        assert_eq!(&info[name.len()..name.len() + 8], [0, 0, 0, 128, 0, 0, 0, 12]);
        let data_key = opened(&[7; 32], &info[name.len() + 8..], context, wrapped);
        assert_eq!(&message[at..at + 5], [FRAMED, 0, 0, 0x10, 0]);
        let commitment = derived(&data_key, message_id, &[b"COMMITKEY"]).unwrap();
        assert_eq!(&message[at + 5..at + 37], commitment.as_slice());
        at += 37;
        let key = derived(&data_key, message_id, &[&SUITE, b"DERIVEKEY"]).unwrap();
        assert!(opened(key.as_slice(), &HEADER_IV, &message[..at], &message[at..at + 16]).is_empty(), "the header is authentic");
        at += 16;
        assert_eq!(&message[at..at + 8], [255, 255, 255, 255, 0, 0, 0, 1]);
        let aad = [message_id, FINAL_FRAME_CONTEXT, &[0, 0, 0, 1], &6_u64.to_be_bytes()].concat();
        assert_eq!(opened(key.as_slice(), &message[at + 8..at + 20], &aad, &message[at + 24..]), b"123456");
        assert_eq!(&message[at + 20..at + 24], [0, 0, 0, 6]);
    }

    #[test]
    fn a_key_has_32_bytes_and_a_text_fits_a_frame() {
        assert!(WrappingKey::from_base64("k", &Secret::from(STANDARD.encode([7; 31]))).is_none());
        let key = WrappingKey::from_base64("k", &Secret::from(STANDARD.encode([7; 32]))).unwrap();
        let entropy = SeededEntropy::new(1);
        assert_eq!(key.encrypt(&"x".repeat(4097), &[], &mut EntropyRng(&entropy)), Err(SealError::Unsealable));
    }
}
