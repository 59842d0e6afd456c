//! What a sign-in by choice (USER_AUTH) may begin with.
//!
//! Source: Amazon Cognito developer guide, "Manage authentication methods in AWS SDKs", "Adding MFA to a user pool".

use serde::{Deserialize, Serialize};

use super::name::NameKind;
use super::pool::{MfaMode, Pool};
use super::second_factor::{self, SecondFactor};
use super::user::{User, UserStatus};
use super::web_authn::{RelyingParty, WebAuthnConfiguration};

/// A factor that a sign-in begins with, in the words of ChallengeName and AllowedFirstAuthFactors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FirstFactor {
    /// The password itself.
    Password,
    /// A proof of the password: AllowedFirstAuthFactors means it by `PASSWORD`.
    PasswordSrp,
    /// A code by mail.
    EmailOtp,
    /// A code by text message.
    SmsOtp,
    /// A passkey.
    WebAuthn,
}

impl FirstFactor {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Password, Self::PasswordSrp, Self::EmailOtp, Self::SmsOtp, Self::WebAuthn];

    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "PASSWORD",
            Self::PasswordSrp => "PASSWORD_SRP",
            Self::EmailOtp => "EMAIL_OTP",
            Self::SmsOtp => "SMS_OTP",
            Self::WebAuthn => "WEB_AUTHN",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text)
    }

    /// The kind of address that its codes go to.
    #[must_use]
    pub const fn address(self) -> Option<NameKind> {
        match self {
            Self::EmailOtp => Some(NameKind::Email),
            Self::SmsOtp => Some(NameKind::PhoneNumber),
            Self::Password | Self::PasswordSrp | Self::WebAuthn => None,
        }
    }

    const fn is_of_password(self) -> bool {
        matches!(self, Self::Password | Self::PasswordSrp)
    }
}

/// The factors of a pool. Where everyone must show a second factor, none but the password is the first.
#[must_use]
pub fn of_pool(pool: &Pool) -> Vec<FirstFactor> {
    let listed = &pool.configuration.policies.sign_in_policy.allowed_first_auth_factors;
    let allows = |factor: &FirstFactor| {
        let word = if factor.is_of_password() { FirstFactor::Password } else { *factor };
        if listed.is_empty() { factor.is_of_password() } else { listed.iter().any(|allowed| allowed == word.as_str()) }
    };
    let fits = |factor: &FirstFactor| match factor {
        FirstFactor::Password | FirstFactor::PasswordSrp => true,
        FirstFactor::EmailOtp | FirstFactor::SmsOtp => pool.configuration.mfa != MfaMode::On,
        FirstFactor::WebAuthn => has_passkeys(pool),
    };
    FirstFactor::ALL.into_iter().filter(allows).filter(fits).collect()
}

/// Whether passkeys are listed among a pool's first factors, set up or not.
#[must_use]
pub fn lists_passkeys(pool: &Pool) -> bool {
    pool.configuration.policies.sign_in_policy.allowed_first_auth_factors.iter().any(|factor| factor == FirstFactor::WebAuthn.as_str())
}

/// Whether anybody can begin with a passkey: it is made for some domain, and where everyone must show two factors it is both.
fn has_passkeys(pool: &Pool) -> bool {
    let is_enough = pool.configuration.mfa != MfaMode::On || are_both_factors(pool);
    is_enough && RelyingParty::of_pool(pool).is_ok()
}

fn are_both_factors(pool: &Pool) -> bool {
    pool.configuration.web_authn_configuration.as_ref().is_some_and(WebAuthnConfiguration::is_multi_factor)
}

/// Whether a passkey is both factors of a user: the pool says that it can be, and the user that it is to be. Such a pool's
/// passkeys are those of verified users.
#[must_use]
pub fn passkey_is_both(pool: &Pool, user: &User) -> bool {
    are_both_factors(pool) && user.mfa.web_authn_enabled
}

/// Whether the pool lets a user begin with a code, and so have no password.
#[must_use]
pub fn is_passwordless(pool: &Pool) -> bool {
    of_pool(pool).into_iter().any(|factor| factor.address().is_some())
}

/// Why a user does not go without a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordlessRefused {
    /// The pool has no other way in.
    #[error("Password is required")]
    NotOffered,
    /// The user has no address that a code could go to.
    #[error("An email address or a phone number is required to sign in without a password")]
    NoAddress,
}

/// Holds a new user without a password to what the pool lets in: a code, to an address that they have.
///
/// # Errors
/// [`PasswordlessRefused`].
pub fn check_passwordless(pool: &Pool, user: &User) -> Result<(), PasswordlessRefused> {
    let mut kinds = of_pool(pool).into_iter().filter_map(FirstFactor::address).peekable();
    if kinds.peek().is_none() {
        return Err(PasswordlessRefused::NotOffered);
    }
    if kinds.any(|kind| user.address(kind).is_some()) { Ok(()) } else { Err(PasswordlessRefused::NoAddress) }
}

/// The factors that a user can begin with. Who has a second factor begins with the password: nobody passes it by.
#[must_use]
pub fn of_user(pool: &Pool, user: &User) -> Vec<FirstFactor> {
    of_pool(pool).into_iter().filter(|factor| can_begin(pool, user, *factor)).collect()
}

/// Whether a user, in this pool, can begin with a factor.
#[must_use]
pub fn can_begin(pool: &Pool, user: &User, factor: FirstFactor) -> bool {
    if !of_pool(pool).contains(&factor) {
        return false;
    }
    let has_second = second_factor::enabled(pool, user).next().is_some();
    match factor {
        FirstFactor::Password | FirstFactor::PasswordSrp => user.password.is_some(),
        // SECURITY: an address that nobody has verified may be a stranger's.
        FirstFactor::EmailOtp | FirstFactor::SmsOtp => {
            let address = factor.address().filter(|kind| user.address(*kind).is_some() && user.has_verified(*kind));
            address.is_some() && user.status == UserStatus::Confirmed && !has_second
        }
        FirstFactor::WebAuthn => {
            let is_enough = passkey_is_both(pool, user) || !has_second && pool.configuration.mfa != MfaMode::On;
            user.has_passkey && user.status == UserStatus::Confirmed && is_enough
        }
    }
}

/// ConfiguredUserAuthFactors: what a user has set up, as first or as second factor.
#[must_use]
pub fn configured(pool: &Pool, user: &User) -> Vec<&'static str> {
    let first = of_user(pool, user).into_iter().filter(|factor| *factor != FirstFactor::PasswordSrp);
    let mut configured: Vec<&'static str> = first.map(FirstFactor::as_str).collect();
    let has = |factor: &SecondFactor| *factor == SecondFactor::SoftwareToken || user.mfa.list().any(|enabled| enabled == *factor);
    for factor in second_factor::usable(pool, user).filter(has) {
        let word = match factor {
            SecondFactor::SoftwareToken => "SOFTWARE_TOKEN",
            SecondFactor::Email => FirstFactor::EmailOtp.as_str(),
            SecondFactor::Sms => FirstFactor::SmsOtp.as_str(),
        };
        if !configured.contains(&word) {
            configured.push(word);
        }
    }
    configured
}
