//! The factors of a pool: what a sign-in begins with, and what follows the password.

use serde::{Deserialize, Serialize};

use super::{MfaMode, PoolConfiguration};
use crate::userpools::first_factor::FirstFactor;

/// What a sign-in by choice begins with. Nothing listed means the password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SignInPolicy {
    /// In the API's words.
    pub allowed_first_auth_factors: Vec<String>,
}

impl SignInPolicy {
    pub(super) const fn is_unset(&self) -> bool {
        self.allowed_first_auth_factors.is_empty()
    }
}

/// Whether codes by text message are one of a pool's second factors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmsMfa {
    /// Whether they are.
    pub enabled: bool,
}

impl SmsMfa {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) const fn is_disabled(&self) -> bool {
        !self.enabled
    }
}

/// The texts of codes by mail; `{####}` stands for the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EmailMfaConfiguration {
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// Why a pool does not have these factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorsRefused {
    /// TOTP follows a password; it does not come first.
    #[error("SOFTWARE_TOKEN is not supported as a first auth factor.")]
    SoftwareTokenFirst,
    /// A second factor of everyone, and a first one that none follows.
    #[error("EMAIL_OTP and SMS_OTP can't be first auth factors when MFA is required.")]
    OneTimePasswordWithMfa,
    /// MFA, by nothing.
    #[error("Invalid MFA configuration given, can't turn on MFA without configuring an MFA option")]
    MfaByNothing,
    /// A factor, and no MFA.
    #[error("Invalid MFA configuration given, can't disable MFA and configure an MFA together.")]
    NoMfaBySomething,
}

impl PoolConfiguration {
    /// Whether the pool has any second factor.
    #[must_use]
    pub const fn has_second_factor(&self) -> bool {
        self.software_token_mfa_configuration.enabled || self.sms_mfa.enabled || self.email_mfa_configuration.is_some()
    }

    /// The same with the second factors that the pool had, as far as it still asks for any.
    #[must_use]
    pub fn with_factors_of(self, before: &Self) -> Self {
        if self.mfa == MfaMode::Off || !before.has_second_factor() {
            return self;
        }
        Self {
            software_token_mfa_configuration: before.software_token_mfa_configuration,
            sms_mfa: before.sms_mfa,
            email_mfa_configuration: before.email_mfa_configuration.clone(),
            ..self
        }
    }

    /// Holds the first factors to what can be one, beside the MFA of the pool.
    ///
    /// # Errors
    /// [`FactorsRefused`].
    pub fn check_first_factors(&self) -> Result<(), FactorsRefused> {
        let listed = &self.policies.sign_in_policy.allowed_first_auth_factors;
        let factors = || listed.iter().map(|word| FirstFactor::parse(word));
        if factors().any(|factor| factor.is_none()) {
            return Err(FactorsRefused::SoftwareTokenFirst);
        }
        let by_code = factors().flatten().any(|factor| factor.address().is_some());
        if by_code && self.mfa == MfaMode::On { Err(FactorsRefused::OneTimePasswordWithMfa) } else { Ok(()) }
    }

    /// Holds the second factors to the pool's mode.
    ///
    /// # Errors
    /// [`FactorsRefused`].
    pub const fn check_second_factors(&self) -> Result<(), FactorsRefused> {
        match (self.mfa, self.has_second_factor()) {
            (MfaMode::On | MfaMode::Optional, false) => Err(FactorsRefused::MfaByNothing),
            (MfaMode::Off, true) => Err(FactorsRefused::NoMfaBySomething),
            _ => Ok(()),
        }
    }
}
