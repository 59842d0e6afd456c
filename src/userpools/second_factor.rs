//! What follows the password: which second factors a pool has, which of them a user has, and which one is asked for.
//!
//! Source: Amazon Cognito developer guide, "Adding MFA to a user pool"; SetUserMFAPreference.

use serde::{Deserialize, Serialize};

use super::name::NameKind;
use super::pool::{MfaMode, Pool};
use super::takeover::Demand;
use super::user::User;
use super::web_authn::WebAuthnConfiguration;

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// A code by text message.
    Sms,
    /// A code of an authenticator.
    SoftwareToken,
    /// A code by mail.
    Email,
}

/// What a user chose of MFA. Rows without a later factor open with it off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MfaPreference {
    /// Whether TOTP is asked for.
    pub software_token_enabled: bool,
    /// Whether TOTP is the one that is asked for first.
    pub software_token_preferred: bool,
    /// Whether a code by text message is asked for.
    pub sms_enabled: bool,
    /// Whether that is the one that is asked for first.
    pub sms_preferred: bool,
    /// Whether a code by mail is asked for.
    pub email_enabled: bool,
    /// Whether that is the one that is asked for first.
    pub email_preferred: bool,
    /// Whether a passkey is both factors, in a pool where it can be.
    pub web_authn_enabled: bool,
}

/// What is asked of one factor: whether it is on, and whether it goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The factor.
    pub factor: SecondFactor,
    /// Whether it is asked for.
    pub enabled: bool,
    /// Whether it is asked for before all others.
    pub preferred: bool,
}

/// Why what a user chose of MFA is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishRefused {
    /// What is preferred is to be enabled too.
    #[error("a preferred factor is not enabled")]
    PreferredIsDisabled,
    /// One factor goes first, not two.
    #[error("two factors are preferred")]
    TwoPreferred,
    /// The user does not have it.
    #[error("the user has no {0:?}")]
    Lacking(SecondFactor),
    /// The pool does not.
    #[error("{0:?} is none of the pool's factors")]
    NotOffered(SecondFactor),
    /// A passkey is one factor in this pool.
    #[error("a passkey is one factor in this pool")]
    PasskeyIsOne,
    /// Who loses their passkey must have another factor.
    #[error("a passkey is the only factor")]
    PasskeyAlone,
}

/// What follows the first factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// No second factor.
    Nothing,
    /// This one.
    One(SecondFactor),
    /// One of these, by the user's choice.
    Choice(Vec<SecondFactor>),
    /// One that the user has still to set up.
    Setup,
    /// One that the user would have to have.
    Lacking,
}

impl SecondFactor {
    /// All of them, in the order in which answers list them.
    pub const ALL: [Self; 3] = [Self::Sms, Self::SoftwareToken, Self::Email];

    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS_MFA",
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::Email => "EMAIL_OTP",
        }
    }

    /// From the wire's word. The documentation of SELECT_MFA_TYPE has another one for email than ChallengeName.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "EMAIL_MFA" { Some(Self::Email) } else { Self::ALL.into_iter().find(|factor| factor.as_str() == text) }
    }

    /// The kind of address that its codes go to.
    #[must_use]
    pub const fn address(self) -> Option<NameKind> {
        match self {
            Self::Sms => Some(NameKind::PhoneNumber),
            Self::Email => Some(NameKind::Email),
            Self::SoftwareToken => None,
        }
    }
}

impl MfaPreference {
    /// The same with what is wished of one more factor. One that is preferred takes the place of the last one.
    #[must_use]
    pub const fn with(mut self, Wish { factor, enabled, preferred }: Wish) -> Self {
        if preferred {
            self.sms_preferred = false;
            self.software_token_preferred = false;
            self.email_preferred = false;
        }
        match factor {
            SecondFactor::Sms => (self.sms_enabled, self.sms_preferred) = (enabled, preferred),
            SecondFactor::SoftwareToken => (self.software_token_enabled, self.software_token_preferred) = (enabled, preferred),
            SecondFactor::Email => (self.email_enabled, self.email_preferred) = (enabled, preferred),
        }
        self
    }

    const fn enables(self, factor: SecondFactor) -> bool {
        match factor {
            SecondFactor::Sms => self.sms_enabled,
            SecondFactor::SoftwareToken => self.software_token_enabled,
            SecondFactor::Email => self.email_enabled,
        }
    }

    const fn prefers(self, factor: SecondFactor) -> bool {
        match factor {
            SecondFactor::Sms => self.sms_preferred,
            SecondFactor::SoftwareToken => self.software_token_preferred,
            SecondFactor::Email => self.email_preferred,
        }
    }

    /// UserMFASettingList.
    pub fn list(self) -> impl Iterator<Item = SecondFactor> {
        SecondFactor::ALL.into_iter().filter(move |factor| self.enables(*factor))
    }

    /// PreferredMfaSetting.
    #[must_use]
    pub fn preferred(self) -> Option<SecondFactor> {
        self.list().find(|factor| self.prefers(*factor))
    }
}

/// What a user's choice of MFA becomes by these wishes.
///
/// # Errors
/// [`WishRefused`].
pub fn wished(pool: &Pool, user: &User, wishes: &[Wish]) -> Result<MfaPreference, WishRefused> {
    if wishes.iter().any(|wish| wish.preferred && !wish.enabled) {
        return Err(WishRefused::PreferredIsDisabled);
    }
    if wishes.iter().filter(|wish| wish.preferred).count() > 1 {
        return Err(WishRefused::TwoPreferred);
    }
    for wish in wishes.iter().filter(|wish| wish.enabled) {
        if !has(user, wish.factor) {
            return Err(WishRefused::Lacking(wish.factor));
        }
        // An authenticator that is verified may be chosen before the pool asks for it.
        if wish.factor.address().is_some() && !offers(pool, wish.factor) {
            return Err(WishRefused::NotOffered(wish.factor));
        }
    }
    Ok(wishes.iter().fold(user.mfa, |preference, wish| preference.with(*wish)))
}

/// The same with what is wished of passkeys; nothing said leaves that as it is.
///
/// Source: API reference, WebAuthnMfaSettingsType: "at least one other MFA method […] to prevent account lockout".
///
/// # Errors
/// [`WishRefused::PasskeyIsOne`], [`WishRefused::PasskeyAlone`].
pub fn with_passkeys(pool: &Pool, preference: MfaPreference, wish: Option<bool>) -> Result<MfaPreference, WishRefused> {
    let preference = MfaPreference { web_authn_enabled: wish.unwrap_or(preference.web_authn_enabled), ..preference };
    let is_both = pool.configuration.web_authn_configuration.as_ref().is_some_and(WebAuthnConfiguration::is_multi_factor);
    if wish == Some(true) && !is_both {
        return Err(WishRefused::PasskeyIsOne);
    }
    let is_alone = preference.web_authn_enabled && preference.list().next().is_none();
    if is_alone { Err(WishRefused::PasskeyAlone) } else { Ok(preference) }
}

/// Whether a factor is one of a pool's.
#[must_use]
pub const fn offers(pool: &Pool, factor: SecondFactor) -> bool {
    match factor {
        SecondFactor::Sms => pool.configuration.sms_mfa.enabled,
        SecondFactor::SoftwareToken => pool.configuration.software_token_mfa_enabled(),
        SecondFactor::Email => pool.configuration.email_mfa_configuration.is_some(),
    }
}

/// The factors that a user can be asked for in a pool, whatever they chose. An address need not be verified: the first code that
/// reaches it does that.
pub fn usable(pool: &Pool, user: &User) -> impl Iterator<Item = SecondFactor> {
    let can = move |factor: &SecondFactor| pool.configuration.mfa != MfaMode::Off && offers(pool, *factor) && has(user, *factor);
    SecondFactor::ALL.into_iter().filter(can)
}

/// Whether a user can show a factor to raise a sign-in, whether or not they are asked for it otherwise.
///
/// SECURITY: an address that nobody has verified may be a stranger's.
#[must_use]
pub fn can_show(pool: &Pool, user: &User, factor: SecondFactor) -> bool {
    offers(pool, factor) && has(user, factor) && factor.address().is_none_or(|kind| user.has_verified(kind))
}

/// Those of them that the user wants to be asked for.
pub fn enabled(pool: &Pool, user: &User) -> impl Iterator<Item = SecondFactor> {
    usable(pool, user).filter(move |factor| user.mfa.enables(*factor))
}

/// What is asked of a user who has passed the first factor, and what their sign-in must do for its risk.
///
/// Source: Amazon Cognito API reference, AccountTakeoverActionType: at a risk a factor is asked for that the user did not choose;
/// where one is required, who has none is refused, and sets up none: it might be another's.
#[must_use]
pub fn asked(pool: &Pool, user: &User, demand: Demand) -> Asked {
    let mut candidates: Vec<SecondFactor> = enabled(pool, user).collect();
    if candidates.is_empty() && (pool.configuration.mfa == MfaMode::On || demand != Demand::Nothing) {
        candidates = usable(pool, user).collect();
    }
    let preferred = candidates.iter().copied().find(|factor| user.mfa.prefers(*factor) && user.mfa.enables(*factor));
    match (preferred, candidates.as_slice(), pool.configuration.mfa) {
        (Some(factor), ..) => Asked::One(factor),
        (None, [factor], _) => Asked::One(*factor),
        (None, [], _) if demand == Demand::Mfa => Asked::Lacking,
        (None, [], MfaMode::On) => Asked::Setup,
        (None, [], MfaMode::Off | MfaMode::Optional) => Asked::Nothing,
        (None, ..) => Asked::Choice(candidates),
    }
}

fn has(user: &User, factor: SecondFactor) -> bool {
    match factor.address() {
        None => user.sealed_totp_seed.is_some(),
        Some(kind) => user.address(kind).is_some(),
    }
}
