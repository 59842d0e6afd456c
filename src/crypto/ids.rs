//! Identifiers and secrets in the forms that AWS gives them.

use data_encoding::BASE32;
use rand::CryptoRng;
use uuid::Uuid;

use crate::kit::id::{AccessKeyId, AccountId, ClientId, IdentityId, IdentityPoolId, UniqueId, UserPoolId};
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;

const LOWER_ALPHANUMERIC: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER_ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET_KEY: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Where an access key id keeps its account, in its first 48 bits.
const ACCOUNT_BITS: u64 = 0x7fff_ffff_ff80;
const DIGITS: &[u8] = b"0123456789";

/// Which kind of credential an access key id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKeyKind {
    /// `AKIA…`: of a user or the account's root, until it is deleted.
    LongLived,
    /// `ASIA…`: needs its session token, and expires.
    Temporary,
}

/// A version 4 UUID: `sub`, `jti`, `origin_jti`, identity ids.
#[must_use]
pub fn uuid(rng: &mut dyn CryptoRng) -> String {
    uuid_of(random_bytes(rng))
}

/// The UUID that these bytes make: of random ones, one like any other's.
#[must_use]
pub fn uuid_of(bytes: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// `us-east-1_` and nine alphanumerics.
#[must_use]
pub fn user_pool_id(region: &str, rng: &mut dyn CryptoRng) -> UserPoolId {
    format!("{region}_{}", text(ALPHANUMERIC, 9, rng)).into()
}

/// `us-east-1:` and a UUID.
#[must_use]
pub fn identity_pool_id(region: &str, rng: &mut dyn CryptoRng) -> IdentityPoolId {
    format!("{region}:{}", uuid(rng)).into()
}

/// `us-east-1:` and a UUID.
#[must_use]
pub fn identity_id(region: &str, rng: &mut dyn CryptoRng) -> IdentityId {
    format!("{region}:{}", uuid(rng)).into()
}

/// 26 lower-case alphanumerics.
#[must_use]
pub fn client_id(rng: &mut dyn CryptoRng) -> ClientId {
    text(LOWER_ALPHANUMERIC, 26, rng).into()
}

/// `import-` and ten alphanumerics.
#[must_use]
pub fn import_job_id(rng: &mut dyn CryptoRng) -> String {
    format!("import-{}", text(ALPHANUMERIC, 10, rng))
}

/// The key of a device: the pool's region, `_` and a UUID.
#[must_use]
pub fn device_key(region: &str, rng: &mut dyn CryptoRng) -> String {
    format!("{region}_{}", uuid(rng))
}

/// The group key of a device: `-` and eight alphanumerics.
#[must_use]
pub fn device_group_key(rng: &mut dyn CryptoRng) -> String {
    format!("-{}", text(ALPHANUMERIC, 8, rng))
}

/// The id of a token session: `tkn` and 25 lower-case alphanumerics.
#[must_use]
pub fn token_session_id(rng: &mut dyn CryptoRng) -> String {
    format!("tkn{}", text(LOWER_ALPHANUMERIC, 25, rng))
}

/// 52 lower-case alphanumerics: 268 bits.
#[must_use]
pub fn client_secret(rng: &mut dyn CryptoRng) -> Secret {
    text(LOWER_ALPHANUMERIC, 52, rng).into()
}

/// A code for a person to type: six digits, each equally likely.
#[must_use]
pub fn confirmation_code(rng: &mut dyn CryptoRng) -> Secret {
    text(DIGITS, 6, rng).into()
}

/// 40 characters: 240 bits.
#[must_use]
pub fn secret_access_key(rng: &mut dyn CryptoRng) -> Secret {
    text(SECRET_KEY, 40, rng).into()
}

/// The unique id of an IAM entity: a prefix (`AIDA` user, `AROA` role) and 17 characters.
///
/// Source: IAM user guide, "Unique identifiers".
#[must_use]
pub fn unique_id(prefix: &str, rng: &mut dyn CryptoRng) -> UniqueId {
    format!("{prefix}{}", text(UPPER_ALPHANUMERIC, 17, rng)).into()
}

/// A new access key id of 20 characters that carries its account, as AWS's have since 2019: after the prefix, base32 of
/// ten bytes; the first bit is set, the next 40 are the account number, the rest is chance.
#[must_use]
pub fn access_key_id(kind: AccessKeyKind, account_id: &AccountId, rng: &mut dyn CryptoRng) -> AccessKeyId {
    let account: u64 = account_id.as_str().parse().unwrap_or(0);
    let mut bytes: [u8; 10] = random_bytes(rng);
    let chance = bytes.iter().take(6).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let head = (1 << 47) | ((account << 7) & ACCOUNT_BITS) | (chance & 0x7f);
    bytes.iter_mut().zip(head.to_be_bytes().into_iter().skip(2)).for_each(|(to, from)| *to = from);
    let prefix = match kind {
        AccessKeyKind::LongLived => "AKIA",
        AccessKeyKind::Temporary => "ASIA",
    };
    format!("{prefix}{}", BASE32.encode(&bytes)).into()
}

/// The kind and the account that an access key id carries; `None` if it is not of our form.
#[must_use]
pub fn read_access_key_id(access_key_id: &AccessKeyId) -> Option<(AccessKeyKind, AccountId)> {
    let (prefix, body) = access_key_id.as_str().split_at_checked(4)?;
    let kind = match prefix {
        "AKIA" => AccessKeyKind::LongLived,
        "ASIA" => AccessKeyKind::Temporary,
        _ => return None,
    };
    let bytes: [u8; 10] = BASE32.decode(body.as_bytes()).ok()?.try_into().ok()?;
    let head = bytes.iter().take(6).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let account = (head & ACCOUNT_BITS) >> 7;
    (head >> 47 == 1 && account < 1_000_000_000_000).then(|| (kind, format!("{account:012}").into()))
}

/// Whether `text` is a UUID in its usual form.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// `length` characters, each equally likely: bytes past the last multiple of the alphabet's size are drawn again.
#[must_use]
pub fn text(alphabet: &[u8], length: usize, rng: &mut dyn CryptoRng) -> String {
    let usable = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let [byte] = random_bytes::<1>(rng).map(usize::from);
        if byte < usable
            && let Some(character) = alphabet.get(byte % alphabet.len())
        {
            text.push(char::from(*character));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::rng::{EntropyRng, SeededEntropy};

    #[test]
    fn access_key_ids_carry_their_account() {
        let entropy = SeededEntropy::new(1);
        for account in ["000000000000", "123456789012", "999999999999"] {
            let id = access_key_id(AccessKeyKind::LongLived, &account.into(), &mut EntropyRng(&entropy));
            assert_eq!(id.as_str().len(), 20);
            assert_eq!(read_access_key_id(&id), Some((AccessKeyKind::LongLived, account.into())));
        }
        let temporary = access_key_id(AccessKeyKind::Temporary, &"123456789012".into(), &mut EntropyRng(&entropy));
        assert_eq!(read_access_key_id(&temporary), Some((AccessKeyKind::Temporary, "123456789012".into())));
    }

    #[test]
    fn an_account_is_read_from_an_id_that_aws_published() {
        // The example of the post that describes the format: ASIAQNZGKIQY56JQ7WML belongs to account 029608264753.
        assert_eq!(read_access_key_id(&"ASIAQNZGKIQY56JQ7WML".into()), Some((AccessKeyKind::Temporary, "029608264753".into())));
        for other in ["", "AKIA", "test", "AKIAIOSFODNN7EXAMPLE1", "123456789012", "AKIA\u{e9}"] {
            assert_eq!(read_access_key_id(&other.into()), None, "{other}");
        }
    }

    #[test]
    fn ids_have_the_forms_that_clients_expect() {
        let entropy = SeededEntropy::new(2);
        let rng = &mut EntropyRng(&entropy);
        assert!(is_uuid(&uuid(rng)));
        assert!(regex::Regex::new("^us-east-1_[0-9A-Za-z]{9}$").unwrap().is_match(user_pool_id("us-east-1", rng).as_str()));
        assert!(regex::Regex::new("^[0-9a-z]{26}$").unwrap().is_match(client_id(rng).as_str()));
        assert!(regex::Regex::new("^[0-9]{6}$").unwrap().is_match(confirmation_code(rng).expose_secret()));
        assert!(regex::Regex::new("^AROA[A-Z2-7]{17}$").unwrap().is_match(unique_id("AROA", rng).as_str()));
    }
}
