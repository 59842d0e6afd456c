//! A user of a pool.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::name::NameKind;
use super::pool::Pool;
pub use super::second_factor::MfaPreference;
use crate::crypto::argon2::PasswordHash;
use crate::crypto::sealed::Sealed;
use crate::crypto::srp::Verifier;
use crate::crypto::totp::TotpSeed;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The `sub`.
    pub id: UserId,
    /// The name; with UsernameAttributes, the `sub`.
    pub username: String,
    /// Where the user stands.
    pub status: UserStatus,
    /// Whether they may sign in.
    pub enabled: bool,
    /// Their attributes, without `sub`.
    pub attributes: BTreeMap<String, String>,
    /// What their password is checked by; absent when they have none.
    pub password: Option<PasswordRecord>,
    /// Which password that is: raised by each set of one.
    pub password_generation: Generation,
    /// Which second factors they have: raised by each enrolment.
    pub factor_generation: Generation,
    /// Their authenticator's seed, sealed, once a code has verified it.
    pub sealed_totp_seed: Option<Sealed<TotpSeed>>,
    /// A seed that waits for its first code, sealed.
    pub sealed_pending_totp_seed: Option<Sealed<TotpSeed>>,
    /// The last step whose code was accepted.
    pub totp_last_step: Option<i64>,
    /// What they call the device of their authenticator.
    pub totp_device_name: Option<String>,
    /// Whether they have a passkey.
    pub has_passkey: bool,
    /// What they chose of MFA.
    pub mfa: MfaPreference,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub modified_at: Timestamp,
}

impl User {
    /// Their address of a kind, if they have one.
    #[must_use]
    pub fn address(&self, kind: NameKind) -> Option<&str> {
        self.attributes.get(kind.as_str()).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether an address of theirs is verified.
    #[must_use]
    pub fn has_verified(&self, kind: NameKind) -> bool {
        self.attributes.get(&format!("{}_verified", kind.as_str())).is_some_and(|value| value == "true")
    }
}

/// What a password is checked by.
#[derive(Clone, Debug)]
pub struct PasswordRecord {
    /// argon2id.
    pub hash: PasswordHash,
    /// For SRP, sealed.
    pub sealed_srp_verifier: Sealed<Verifier>,
    /// The name that SRP's hashes take, and that clients get as USER_ID_FOR_SRP: [`srp_name`].
    pub srp_name: String,
    /// When a temporary password stops being accepted.
    pub temporary_until: Option<Timestamp>,
    /// When it was set.
    pub set_at: Timestamp,
}

/// Which of the secrets that a user had in turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generation(i64);

impl Generation {
    /// As the store counts it.
    #[must_use]
    pub const fn stored(number: i64) -> Self {
        Self(number)
    }

    /// As the store counts it.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The one that the next change makes.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Always 16 characters: the length of a sealed text must not tell how often somebody changed their password, nor that there
/// is nobody.
impl Serialize for Generation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Generation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        i64::from_str_radix(&text, 16).map(Self).map_err(|_| D::Error::custom("no generation"))
    }
}

/// Where a user stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// Signed up, not confirmed.
    Unconfirmed,
    /// May sign in.
    Confirmed,
    /// Has a temporary password, and must set one of their own.
    ForceChangePassword,
    /// Must reset the password.
    ResetRequired,
    /// Signs in through another identity provider, and has no password here.
    ExternalProvider,
}

impl UserStatus {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unconfirmed, Self::Confirmed, Self::ForceChangePassword, Self::ResetRequired, Self::ExternalProvider]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// The name that SRP's hashes take for a user. Whoever asks by a name gets one that the name itself tells, or one that
/// tells nothing, so that who exists and who does not answer alike: where users have several names, the `sub`; elsewhere the
/// canonical form of the one name that they have, however it was typed or stored.
#[must_use]
pub fn srp_name(pool: &Pool, user_id: &UserId, username: &str) -> String {
    if pool.configuration.has_aliases() { user_id.to_string() } else { pool.one_form(username) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_written_in_one_width() {
        for number in [0, 1, 12, i64::MAX] {
            let text = serde_json::to_string(&Generation::stored(number)).unwrap();
            assert_eq!(text.len(), 18);
            assert_eq!(serde_json::from_str::<Generation>(&text).unwrap(), Generation::stored(number));
        }
    }
}
