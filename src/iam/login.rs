//! Passwords of IAM users for the console: what is asked of them, and what rests of them.
//!
//! Source: IAM user guide, "Set an account password policy for IAM users".

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::crypto::argon2::PasswordHash;
use crate::crypto::password::Password;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};

/// The symbols that a policy means.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

/// The most passwords that a policy can have remembered.
pub const MOST_REMEMBERED: i64 = 24;

/// The shortest password where an account has no policy of its own.
const DEFAULT_LENGTH: usize = 8;

/// So many of the four classes a password has where an account has no policy of its own.
const DEFAULT_CLASSES: usize = 3;

const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// What an account asks of the passwords of its IAM users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordPolicy {
    /// Characters.
    pub minimum_length: i64,
    /// A symbol at least: one of `! @ # $ % ^ & * ( ) _ + - = [ ] { } | '`.
    pub require_symbols: bool,
    /// `0` to `9`.
    pub require_numbers: bool,
    /// `A` to `Z`.
    pub require_uppercase: bool,
    /// `a` to `z`.
    pub require_lowercase: bool,
    /// Whether every user may change their own, whatever their policies say of it.
    pub allow_users_to_change: bool,
    /// Days after which a password must be replaced.
    pub max_age_days: Option<i64>,
    /// How many of the last passwords a new one must not be, the present among them.
    pub remembered: Option<i64>,
    /// Whether only an administrator replaces a password that has expired.
    pub hard_expiry: bool,
}

/// What is wrong with a new password, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too few characters.
    #[error("Password should have a minimum length of {0}")]
    Short(i64),
    /// A class is missing.
    #[error("Password should have at least one {0}")]
    Lacks(&'static str),
    /// Too few of the classes.
    #[error("Password should have at least three of: uppercase letters, lowercase letters, numbers and symbols")]
    FewClasses,
    /// One of the last passwords.
    #[error("Policy constraint violation with password reuse prevention during password change")]
    Reused,
}

/// A class of characters: its name, and whether one is of it.
type Class = (&'static str, fn(char) -> bool);

const CLASSES: [Class; 4] = [
    ("uppercase letter", |character| character.is_ascii_uppercase()),
    ("lowercase letter", |character| character.is_ascii_lowercase()),
    ("number", |character| character.is_ascii_digit()),
    ("symbol", |character| SYMBOLS.contains(character)),
];

impl PasswordPolicy {
    /// Holds a new password to an account's policy, or to what holds where it has none.
    ///
    /// # Errors
    /// [`PasswordRefused`].
    pub fn check(policy: Option<&Self>, password: &Password) -> Result<(), PasswordRefused> {
        let text = password.expose_secret();
        let has = |is_of: fn(char) -> bool| text.chars().any(is_of);
        let Some(policy) = policy else {
            if text.chars().count() < DEFAULT_LENGTH {
                return Err(PasswordRefused::Short(DEFAULT_LENGTH as i64));
            }
            let classes = CLASSES.iter().filter(|(_, is_of)| has(*is_of)).count();
            return if classes < DEFAULT_CLASSES { Err(PasswordRefused::FewClasses) } else { Ok(()) };
        };
        if i64::try_from(text.chars().count()).unwrap_or(i64::MAX) < policy.minimum_length {
            return Err(PasswordRefused::Short(policy.minimum_length));
        }
        let required = [policy.require_uppercase, policy.require_lowercase, policy.require_numbers, policy.require_symbols];
        let missing = CLASSES.iter().zip(required).find(|((_, is_of), required)| *required && !has(*is_of));
        missing.map_or(Ok(()), |((name, _), _)| Err(PasswordRefused::Lacks(name)))
    }

    /// When a password that was set at a moment expires, by an account's policy.
    #[must_use]
    pub fn end_of(policy: Option<&Self>, set_at: Timestamp) -> Option<Timestamp> {
        let days = policy?.max_age_days?;
        Some(set_at.plus(A_DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX))))
    }

    /// Whether passwords expire.
    #[must_use]
    pub const fn expires(&self) -> bool {
        self.max_age_days.is_some()
    }
}

/// The password of an IAM user.
#[derive(Clone, Debug)]
pub struct LoginProfile {
    /// The account.
    pub account_id: AccountId,
    /// The user.
    pub user_id: UniqueId,
    /// Another for each password that is set.
    pub password_id: String,
    /// What rests of it.
    pub hash: PasswordHash,
    /// When it was set.
    pub set_at: Timestamp,
    /// Whether the user must set another at their next sign-in.
    pub reset_required: bool,
    /// How long a session that begins with it may last, where it is said: seconds.
    pub max_session_seconds: Option<i64>,
    /// When the user was given their first.
    pub created_at: Timestamp,
}

/// Whether a password serves to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Good,
    /// Once more, to set another.
    ToBeReplaced,
    /// It does not: an administrator sets another.
    Expired,
}

impl LoginProfile {
    /// Whether it serves to sign in now.
    #[must_use]
    pub fn standing(&self, policy: Option<&PasswordPolicy>, now: Timestamp) -> Standing {
        let has_expired = PasswordPolicy::end_of(policy, self.set_at).is_some_and(|end| end <= now);
        match has_expired {
            true if policy.is_some_and(|policy| policy.hard_expiry) => Standing::Expired,
            false if !self.reset_required => Standing::Good,
            _ => Standing::ToBeReplaced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> PasswordPolicy {
        PasswordPolicy {
            minimum_length: 6,
            require_symbols: false,
            require_numbers: false,
            require_uppercase: false,
            require_lowercase: false,
            allow_users_to_change: false,
            max_age_days: None,
            remembered: None,
            hard_expiry: false,
        }
    }

    #[test]
    fn a_password_has_what_the_policy_asks_of_it() {
        let with = |set: fn(&mut PasswordPolicy)| {
            let mut policy = policy();
            set(&mut policy);
            policy
        };
        let short = with(|policy| policy.minimum_length = 8);
        for (policy, bad, good, missing) in [
            (short, "ééééééé", "éééééééé", PasswordRefused::Short(8)),
            (with(|policy| policy.require_uppercase = true), "aaaaaÉ", "aaaaaA", PasswordRefused::Lacks("uppercase letter")),
            (with(|policy| policy.require_lowercase = true), "AAAAAA", "AAAAAa", PasswordRefused::Lacks("lowercase letter")),
            (with(|policy| policy.require_numbers = true), "aaaaa²", "aaaaa2", PasswordRefused::Lacks("number")),
            (with(|policy| policy.require_symbols = true), "aaaaa?", "aaaaa!", PasswordRefused::Lacks("symbol")),
        ] {
            assert_eq!(PasswordPolicy::check(Some(&policy), &bad.into()), Err(missing), "{bad}");
            assert_eq!(PasswordPolicy::check(Some(&policy), &good.into()), Ok(()), "{good}");
        }
    }

    #[test]
    fn without_a_policy_eight_characters_of_three_classes_are_asked_for() {
        for (password, outcome) in [
            ("Abcdef1", Err(PasswordRefused::Short(8))),
            ("abcdefg1", Err(PasswordRefused::FewClasses)),
            ("abcdefA1", Ok(())),
            ("abcdef1!", Ok(())),
            ("ABCDEF1!", Ok(())),
        ] {
            assert_eq!(PasswordPolicy::check(None, &password.into()), outcome, "{password}");
        }
    }

    #[test]
    fn a_password_that_has_expired_is_replaced_and_by_whom_the_policy_says() {
        let day = |days: i64| Timestamp::from_seconds(days * 24 * 3600);
        let profile = |reset_required| LoginProfile {
            account_id: "000000000000".into(),
            user_id: "AIDA1".into(),
            password_id: "1".to_owned(),
            hash: PasswordHash::stored(String::new()),
            set_at: day(1),
            reset_required,
            max_session_seconds: None,
            created_at: day(1),
        };
        let expiring = |hard_expiry| PasswordPolicy { max_age_days: Some(90), hard_expiry, ..policy() };
        for (reset_required, policy, now, standing) in [
            (false, None, day(10_000), Standing::Good),
            (true, None, day(1), Standing::ToBeReplaced),
            (false, Some(expiring(false)), day(90), Standing::Good),
            (false, Some(expiring(false)), day(91), Standing::ToBeReplaced),
            (true, Some(expiring(true)), day(90), Standing::ToBeReplaced),
            (true, Some(expiring(true)), day(91), Standing::Expired),
        ] {
            assert_eq!(profile(reset_required).standing(policy.as_ref(), now), standing, "{policy:?} {now:?}");
        }
    }
}
