//! How an encrypted assertion is opened: by RSA-OAEP and AES, with fields that are read here and nowhere else.
//!
//! The library's own decryption is not used: it reads the text again, document types and all, and takes keys by what the message
//! says (names, derivations, references).

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm, OaepPrivateDecryptingKey,
    PrivateDecryptingKey,
};
use quick_xml::escape::escape;
use zeroize::Zeroizing;

use super::document::Node;
use super::names::{DSIG, ENC, ENC11};
use super::party::Key;
use super::post::base64;
use super::refused::SamlRefused;

/// How many encrypted keys are tried: one is usual.
const MOST_KEYS: usize = 4;

const IV: usize = 16;

const NONCE: usize = 12;

/// Whether something outside vouches for the ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ciphertext {
    /// The provider signed what it stands in.
    Signed,
    /// Anybody can have written or changed it.
    Loose,
}

/// How a text is encrypted.
enum Mode {
    Gcm(&'static aead::Algorithm),
    Cbc(&'static cipher::Algorithm),
}

/// The text of an EncryptedAssertion, within an element that declares the namespaces of where it stood: an encrypted element is read
/// where it stands (XML Encryption §4.3.3), and what is around it is not encrypted with it.
///
/// SECURITY: CBC can be changed without the key, and refusals tell what it decrypts to (Jager and Somorovsky, "How to break XML
/// encryption", 2011): it is opened only where the provider signed the ciphertext. RSA of PKCS #1 v1.5 is never opened.
pub(super) fn decrypted(encrypted: Node<'_>, ciphertext: Ciphertext, keys: &[Key<'_>]) -> Result<String, SamlRefused> {
    let data = encrypted.one(ENC, "EncryptedData")?;
    if data.attribute("Type").is_some_and(|kind| kind != "http://www.w3.org/2001/04/xmlenc#Element") {
        return Err(SamlRefused::Form("EncryptedData"));
    }
    let method = data.one(ENC, "EncryptionMethod")?.attribute("Algorithm").unwrap_or_default();
    let mode = mode(method).ok_or(SamlRefused::EncryptionAlgorithm)?;
    if matches!(mode, Mode::Cbc(_)) && ciphertext == Ciphertext::Loose {
        return Err(SamlRefused::Malleable);
    }
    let within = data.optional(DSIG, "KeyInfo")?;
    let wrapped: Vec<_> = within.into_iter().chain([encrypted]).flat_map(|place| place.all(ENC, "EncryptedKey")).collect();
    if wrapped.is_empty() || wrapped.len() > MOST_KEYS {
        return Err(SamlRefused::Form("EncryptedKey"));
    }
    let opened = cipher_value(data)?;
    let wrapped = wrapped.into_iter().map(|key| Ok((Oaep::of(key)?, cipher_value(key)?))).collect::<Result<Vec<_>, SamlRefused>>()?;
    let mut candidates = wrapped.iter().flat_map(|wrapped| keys.iter().map(move |key| (wrapped, key)));
    let plaintext = candidates.find_map(|((oaep, wrapped), key)| open(&mode, &oaep.unwrap(*key, wrapped)?, opened.clone()));
    let text = plaintext.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(SamlRefused::Undecipherable)?;
    Ok(in_context(encrypted, &text))
}

fn mode(algorithm: &str) -> Option<Mode> {
    Some(match algorithm {
        "http://www.w3.org/2009/xmlenc11#aes128-gcm" => Mode::Gcm(&aead::AES_128_GCM),
        "http://www.w3.org/2009/xmlenc11#aes192-gcm" => Mode::Gcm(&aead::AES_192_GCM),
        "http://www.w3.org/2009/xmlenc11#aes256-gcm" => Mode::Gcm(&aead::AES_256_GCM),
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => Mode::Cbc(&cipher::AES_128),
        "http://www.w3.org/2001/04/xmlenc#aes192-cbc" => Mode::Cbc(&cipher::AES_192),
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => Mode::Cbc(&cipher::AES_256),
        _ => return None,
    })
}

/// RSA-OAEP as a key is wrapped by it.
struct Oaep {
    algorithm: &'static OaepAlgorithm,
    label: Option<Vec<u8>>,
}

impl Oaep {
    /// How a key is wrapped (XML Encryption 1.1 §5.5.2). Where the digest and the mask's differ, aws-lc does not unwrap.
    fn of(key: Node<'_>) -> Result<Self, SamlRefused> {
        const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
        const MASK_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
        let method = key.one(ENC, "EncryptionMethod")?;
        let digest = method.optional(DSIG, "DigestMethod")?.map_or(SHA1, |digest| digest.attribute("Algorithm").unwrap_or_default());
        let mask = method.optional(ENC11, "MGF")?.map_or(MASK_SHA1, |mask| mask.attribute("Algorithm").unwrap_or_default());
        let algorithm = match (method.attribute("Algorithm").unwrap_or_default(), digest, mask) {
            ("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" | "http://www.w3.org/2009/xmlenc11#rsa-oaep", SHA1, MASK_SHA1) => {
                &OAEP_SHA1_MGF1SHA1
            }
            (
                "http://www.w3.org/2009/xmlenc11#rsa-oaep",
                "http://www.w3.org/2001/04/xmlenc#sha256",
                "http://www.w3.org/2009/xmlenc11#mgf1sha256",
            ) => &OAEP_SHA256_MGF1SHA256,
            (
                "http://www.w3.org/2009/xmlenc11#rsa-oaep",
                "http://www.w3.org/2001/04/xmldsig-more#sha384",
                "http://www.w3.org/2009/xmlenc11#mgf1sha384",
            ) => &OAEP_SHA384_MGF1SHA384,
            (
                "http://www.w3.org/2009/xmlenc11#rsa-oaep",
                "http://www.w3.org/2001/04/xmlenc#sha512",
                "http://www.w3.org/2009/xmlenc11#mgf1sha512",
            ) => &OAEP_SHA512_MGF1SHA512,
            _ => return Err(SamlRefused::EncryptionAlgorithm),
        };
        let label = method.optional(ENC, "OAEPparams")?.map(|label| base64(&label.whole_text()).ok_or(SamlRefused::Form("OAEPparams")));
        Ok(Self { algorithm, label: label.transpose()? })
    }

    fn unwrap(&self, key: Key<'_>, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(key.pkcs8()).ok()?).ok()?;
        let mut unwrapped = Zeroizing::new(vec![0; key.min_output_size()]);
        let length = key.decrypt(self.algorithm, wrapped, &mut unwrapped, self.label.as_deref()).ok()?.len();
        unwrapped.truncate(length);
        Some(unwrapped)
    }
}

/// The bytes of a CipherValue; references to them are not followed.
fn cipher_value(encrypted: Node<'_>) -> Result<Vec<u8>, SamlRefused> {
    let value = encrypted.one(ENC, "CipherData")?.one(ENC, "CipherValue")?.text("CipherValue")?;
    base64(&value).ok_or(SamlRefused::Form("CipherValue"))
}

fn open(mode: &Mode, key: &[u8], mut encrypted: Vec<u8>) -> Option<Vec<u8>> {
    match mode {
        // XML Encryption 1.1 §5.2.4: the nonce, the text, the tag.
        Mode::Gcm(algorithm) => {
            let (nonce, text) = encrypted.split_at_mut_checked(NONCE)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
            key.open_in_place(nonce, Aad::empty(), text).ok().map(|text| text.to_vec())
        }
        // §5.2.1: the vector, the blocks; the last byte counts the padding, whose other bytes are any.
        Mode::Cbc(algorithm) => {
            let (vector, blocks) = encrypted.split_at_mut_checked(IV)?;
            let vector = DecryptionContext::Iv128(FixedLength::from(<[u8; IV]>::try_from(&*vector).ok()?));
            let key = DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
            let text = key.decrypt(blocks, vector).ok()?;
            let padding = usize::from(*text.last()?);
            let length = text.len().checked_sub(padding).filter(|_| (1..=IV).contains(&padding))?;
            text.get(..length).map(<[u8]>::to_vec)
        }
    }
}

/// A text in an element that declares what was declared around it.
fn in_context(place: Node<'_>, text: &str) -> String {
    let mut context = String::from("<Context");
    for (prefix, uri) in place.namespaces() {
        let colon = if prefix.is_empty() { "" } else { ":" };
        context += &format!(" xmlns{colon}{prefix}=\"{}\"", escape(uri));
    }
    // A declaration may begin a document, and this is none any more.
    let text = text.trim_start_matches('\u{feff}');
    let text = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(text, |(_, rest)| rest);
    format!("{context}>{text}</Context>")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext};

    use super::*;

    #[test]
    fn padding_is_counted_by_its_last_byte() {
        let opened = |last: u8| {
            let (key, mut blocks) = ([1; 16], [9; 32]);
            blocks[31] = last;
            let encrypting = EncryptingKey::cbc(UnboundCipherKey::new(&AES_128, &key).unwrap()).unwrap();
            let vector = EncryptionContext::Iv128(FixedLength::from([3; IV]));
            encrypting.less_safe_encrypt(&mut blocks, vector).unwrap();
            open(&Mode::Cbc(&AES_128), &key, [&[3; IV][..], &blocks].concat()).map(|text| text.len())
        };
        for (last, length) in [(1, Some(31)), (16, Some(16)), (0, None), (17, None), (255, None)] {
            assert_eq!(opened(last), length, "{last}");
        }
        for encrypted in [&[][..], &[0; 15], &[0; 16], &[0; 31]] {
            assert_eq!(open(&Mode::Cbc(&AES_128), &[1; 16], encrypted.to_vec()), None);
            assert_eq!(open(&Mode::Gcm(&aead::AES_128_GCM), &[1; 16], encrypted.to_vec()), None);
        }
        assert_eq!(open(&Mode::Cbc(&AES_128), &[1; 32], vec![0; 32]), None);
    }
}
