//! Password hashes that users bring along from elsewhere: read within bounds, compared once, and then made anew as ours.

use std::num::NonZeroU32;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::password::Password;
use super::seal::SealError;
use super::sealed::Sealable;
use crate::kit::secret::{Secret, constant_time_equals};
use zeroize::Zeroizing;

/// The most that one comparison may cost, so that no file makes sign-ins of its users a burden: about a second of one core and
/// 128 MiB.
const MOST_BCRYPT_COST: u32 = 14;
const MOST_MEMORY_BYTES: u64 = 128 * 1024 * 1024;
const MOST_ARGON2_PASSES: u32 = 16;
const MOST_SCRYPT_WORK: u64 = 1 << 24;
const MOST_PBKDF2_ITERATIONS: u32 = 2_000_000;

/// How the hashes of an import were made: the words of CreateUserImportJob's `PasswordHashingAlgorithm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    /// `$2b$…`, and `$2a$`, `$2y$`.
    Bcrypt,
    /// `$scrypt$ln=…,r=…,p=…$salt$hash`.
    Scrypt,
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
    Argon2id,
    /// `$pbkdf2-sha256$i=…$salt$hash`, or `pbkdf2_sha256$…$salt$hash` as Django writes it.
    Pbkdf2Sha256,
}

impl Hashing {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bcrypt => "BCRYPT",
            Self::Scrypt => "SCRYPT",
            Self::Argon2id => "ARGON2ID",
            Self::Pbkdf2Sha256 => "PBKDF2_SHA256",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Bcrypt, Self::Scrypt, Self::Argon2id, Self::Pbkdf2Sha256].into_iter().find(|hashing| hashing.as_str() == text)
    }
}

/// Why a text is no hash that we compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashRefused {
    /// It is none of that algorithm.
    #[error("The password hash is malformed.")]
    Malformed,
    /// A comparison would cost too much.
    #[error("The password hash has parameters that are too costly.")]
    TooCostly,
}

/// A hash that somebody else made, with bounds kept.
// INVARIANT: the text is one that `parse` took.
#[derive(Clone)]
pub struct ImportedHash {
    hashing: Hashing,
    text: Secret,
}

impl std::fmt::Debug for ImportedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImportedHash")
    }
}

impl ImportedHash {
    /// A hash of this algorithm.
    ///
    /// # Errors
    /// [`HashRefused`].
    pub fn parse(hashing: Hashing, text: &str) -> Result<Self, HashRefused> {
        match hashing {
            Hashing::Bcrypt => {
                let parts: bcrypt::HashParts = text.parse().map_err(|_| HashRefused::Malformed)?;
                within(parts.get_cost() <= MOST_BCRYPT_COST)?;
            }
            Hashing::Scrypt => drop(Scrypt::read(text)?),
            Hashing::Argon2id => drop(argon2id(text)?),
            Hashing::Pbkdf2Sha256 => drop(Pbkdf2::read(text)?),
        }
        Ok(Self { hashing, text: Secret::from(text.to_owned()) })
    }

    /// Whether a password is the one that was hashed. It costs what its maker wanted it to: run it on the hashing pool.
    #[must_use]
    pub fn is_of(&self, password: &Password) -> bool {
        let (text, password) = (self.text.expose_secret(), password.expose_secret());
        match self.hashing {
            // What bcrypt never saw of a long password is not compared, as where the hash was made.
            Hashing::Bcrypt => bcrypt::verify(password, text).unwrap_or(false),
            Hashing::Scrypt => Scrypt::read(text).is_ok_and(|scrypt| scrypt.is_of(password)),
            Hashing::Argon2id => argon2id(text).is_ok_and(|(params, salt, expected)| {
                let mut computed = vec![0; expected.len()];
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                argon2.hash_password_into(password.as_bytes(), &salt, &mut computed).is_ok() && constant_time_equals(&computed, &expected)
            }),
            Hashing::Pbkdf2Sha256 => Pbkdf2::read(text).is_ok_and(|hash| {
                pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, hash.iterations, &hash.salt, password.as_bytes(), &hash.expected).is_ok()
            }),
        }
    }
}

const fn within(bounds: bool) -> Result<(), HashRefused> {
    if bounds { Ok(()) } else { Err(HashRefused::TooCostly) }
}

/// Salt and hash of a PHC text, which base64 without padding writes.
fn salt_and_hash(phc: &Phc) -> Result<(Vec<u8>, Vec<u8>), HashRefused> {
    let salt = phc.salt.as_ref().ok_or(HashRefused::Malformed)?;
    let hash = phc.hash.as_ref().ok_or(HashRefused::Malformed)?;
    Ok((salt.as_ref().to_vec(), hash.as_bytes().to_vec()))
}

fn phc(text: &str, algorithm: &str) -> Result<Phc, HashRefused> {
    let phc = Phc::new(text).map_err(|_| HashRefused::Malformed)?;
    if phc.algorithm.as_str() == algorithm { Ok(phc) } else { Err(HashRefused::Malformed) }
}

fn argon2id(text: &str) -> Result<(Params, Vec<u8>, Vec<u8>), HashRefused> {
    let phc = phc(text, "argon2id")?;
    if phc.version != Some(Version::V0x13.into()) {
        return Err(HashRefused::Malformed);
    }
    let params = Params::try_from(&phc).map_err(|_| HashRefused::Malformed)?;
    within(u64::from(params.m_cost()) * 1024 <= MOST_MEMORY_BYTES && params.t_cost() <= MOST_ARGON2_PASSES)?;
    let (salt, hash) = salt_and_hash(&phc)?;
    Ok((params, salt, hash))
}

struct Scrypt {
    params: scrypt::Params,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Scrypt {
    fn read(text: &str) -> Result<Self, HashRefused> {
        let phc = phc(text, "scrypt")?;
        let number = |name: &str| phc.params.get_decimal(name).ok_or(HashRefused::Malformed);
        let (log_n, r, p) = (number("ln")?, number("r")?, number("p")?);
        let log_n = u8::try_from(log_n).map_err(|_| HashRefused::Malformed)?;
        // RFC 7914 §2: N times r times 128 bytes; N times r times p is the work.
        let n = 1_u64.checked_shl(u32::from(log_n)).filter(|_| log_n < 32).ok_or(HashRefused::TooCostly)?;
        let (r_long, p_long) = (u64::from(r), u64::from(p));
        within(n.saturating_mul(r_long).saturating_mul(128) <= MOST_MEMORY_BYTES)?;
        within(n.saturating_mul(r_long).saturating_mul(p_long) <= MOST_SCRYPT_WORK)?;
        let params = scrypt::Params::new(log_n, r, p).map_err(|_| HashRefused::Malformed)?;
        let (salt, expected) = salt_and_hash(&phc)?;
        Ok(Self { params, salt, expected })
    }

    fn is_of(&self, password: &str) -> bool {
        let mut computed = vec![0; self.expected.len()];
        scrypt::scrypt(password.as_bytes(), &self.salt, &self.params, &mut computed).is_ok()
            && constant_time_equals(&computed, &self.expected)
    }
}

struct Pbkdf2 {
    iterations: NonZeroU32,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Pbkdf2 {
    fn read(text: &str) -> Result<Self, HashRefused> {
        let (iterations, salt, expected) = if text.starts_with('$') {
            let phc = phc(text, "pbkdf2-sha256")?;
            let iterations = phc.params.get_decimal("i").ok_or(HashRefused::Malformed)?;
            let (salt, expected) = salt_and_hash(&phc)?;
            (iterations, salt, expected)
        } else {
            // Django's salt is text, its hash base64 with padding.
            let parts: Vec<&str> = text.split('$').collect();
            let ["pbkdf2_sha256", iterations, salt, hash] = parts.as_slice() else { return Err(HashRefused::Malformed) };
            let iterations = iterations.parse().map_err(|_| HashRefused::Malformed)?;
            (iterations, salt.as_bytes().to_vec(), STANDARD.decode(hash).map_err(|_| HashRefused::Malformed)?)
        };
        within(iterations <= MOST_PBKDF2_ITERATIONS)?;
        let iterations = NonZeroU32::new(iterations).ok_or(HashRefused::Malformed)?;
        // A hash of a few bytes is soon guessed.
        if !(16..=64).contains(&expected.len()) || salt.is_empty() {
            return Err(HashRefused::Malformed);
        }
        Ok(Self { iterations, salt, expected })
    }
}

impl Sealable for ImportedHash {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Ok(Zeroizing::new(format!("{}:{}", self.hashing.as_str(), self.text.expose_secret()).into_bytes()))
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let (hashing, text) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        Self::parse(Hashing::parse(hashing)?, text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by Python's bcrypt, argon2-cffi and hashlib, each of `Pa55word!`.
    const HASHES: [(Hashing, &str); 5] = [
        (Hashing::Bcrypt, "$2b$04$pTGkutVmkaPvtxxxBku.0OlLA7csi8SbF4GA0k9s4U7Eup2V57Hue"),
        (Hashing::Scrypt, "$scrypt$ln=8,r=8,p=1$c29tZSBzYWx0IDEyMzQ1Ng$k/awOf2zhq+tkGd9BRBbrX0/WBO5usADhz9vcHQcbBU"),
        (Hashing::Argon2id, "$argon2id$v=19$m=64,t=1,p=1$TpmkMoDd8O3bp+WZJQlvEA$PIbNmAtm1XGI1OLfymDyKzdGRI/oB3OS3sv3wdmIouM"),
        (Hashing::Pbkdf2Sha256, "$pbkdf2-sha256$i=1000$c29tZSBzYWx0IDEyMzQ1Ng$NT0u1q9HR2VZTRpbuRX1vxJ/gJJyfSugVy0rca8NVLE"),
        (Hashing::Pbkdf2Sha256, "pbkdf2_sha256$1000$saltsalt$SS3MrioPvun7nOxOAl5ph404c6sdWM05pl0D1paWJVc="),
    ];

    #[test]
    fn hashes_that_others_made_are_compared_with() {
        for (hashing, text) in HASHES {
            let hash = ImportedHash::parse(hashing, text).unwrap();
            assert!(hash.is_of(&"Pa55word!".into()), "{text}");
            assert!(!hash.is_of(&"Pa55word?".into()), "{text}");
            assert_eq!(format!("{hash:?}"), "ImportedHash");
            let again = ImportedHash::from_plaintext(hash.to_plaintext().unwrap()).unwrap();
            assert!(again.is_of(&"Pa55word!".into()));
            for other in [Hashing::Bcrypt, Hashing::Scrypt, Hashing::Argon2id, Hashing::Pbkdf2Sha256] {
                assert_eq!(ImportedHash::parse(other, text).is_ok(), other == hashing, "{text} as {other:?}");
            }
        }
    }

    #[test]
    fn what_is_no_hash_or_costs_too_much_is_refused() {
        let hash = "$c29tZXNhbHQxMjM0NTY3OA$c29tZXNhbHQxMjM0NTY3OHNvbWVzYWx0MTIzNDU2Nzg";
        for (hashing, text, refused) in [
            (Hashing::Bcrypt, "$2b$15$pTGkutVmkaPvtxxxBku.0OlLA7csi8SbF4GA0k9s4U7Eup2V57Hue".to_owned(), HashRefused::TooCostly),
            (Hashing::Bcrypt, "$2b$04$short".to_owned(), HashRefused::Malformed),
            (Hashing::Scrypt, format!("$scrypt$ln=30,r=8,p=1{hash}"), HashRefused::TooCostly),
            (Hashing::Scrypt, format!("$scrypt$ln=14,r=8,p=1000{hash}"), HashRefused::TooCostly),
            (Hashing::Scrypt, format!("$scrypt$ln=14,r=8{hash}"), HashRefused::Malformed),
            (Hashing::Argon2id, format!("$argon2id$v=19$m=4194304,t=1,p=1{hash}"), HashRefused::TooCostly),
            (Hashing::Argon2id, format!("$argon2id$v=19$m=8192,t=1000,p=1{hash}"), HashRefused::TooCostly),
            (Hashing::Argon2id, format!("$argon2i$v=19$m=8192,t=1,p=1{hash}"), HashRefused::Malformed),
            (Hashing::Pbkdf2Sha256, format!("$pbkdf2-sha256$i=999999999{hash}"), HashRefused::TooCostly),
            (Hashing::Pbkdf2Sha256, format!("$pbkdf2-sha256$i=0{hash}"), HashRefused::Malformed),
            (Hashing::Pbkdf2Sha256, "pbkdf2_sha256$1000$salt$YQ==".to_owned(), HashRefused::Malformed),
            (Hashing::Pbkdf2Sha256, String::new(), HashRefused::Malformed),
        ] {
            assert_eq!(ImportedHash::parse(hashing, &text).unwrap_err(), refused, "{text}");
        }
    }
}
