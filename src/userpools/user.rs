//! A user of a pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::crypto::argon2::PasswordHash;
use crate::kit::clock::Timestamp;

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The pool.
    pub pool_id: String,
    /// The `sub`.
    pub id: String,
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
    /// Their authenticator's seed, sealed, once a code has verified it.
    pub sealed_totp_seed: Option<Vec<u8>>,
    /// A seed that waits for its first code, sealed.
    pub sealed_pending_totp_seed: Option<Vec<u8>>,
    /// The last step whose code was accepted.
    pub totp_last_step: Option<i64>,
    /// What they chose of MFA.
    pub mfa: MfaPreference,
    /// Wrong passwords in a row.
    pub failed_attempts: i64,
    /// Until when sign-in is refused.
    pub locked_until: Option<Timestamp>,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub modified_at: Timestamp,
}

/// What a password is checked by.
#[derive(Clone, Debug)]
pub struct PasswordRecord {
    /// argon2id.
    pub hash: PasswordHash,
    /// For SRP, sealed.
    pub sealed_srp_verifier: Vec<u8>,
    /// When a temporary password stops being accepted.
    pub temporary_until: Option<Timestamp>,
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
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unconfirmed, Self::Confirmed, Self::ForceChangePassword, Self::ResetRequired]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// What a user chose of MFA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaPreference {
    /// Whether TOTP is asked for.
    pub software_token_enabled: bool,
    /// Whether TOTP is the one that is asked for first.
    pub software_token_preferred: bool,
}
