//! How users get back into their accounts, and what becomes of an address that changes: a pool's settings, and the rules that
//! follow from them.

use serde::{Deserialize, Serialize};

use super::name::NameKind;
use super::pool::{Pool, PoolConfiguration};
use super::second_factor;
use super::user::{User, UserStatus};

/// Where the codes go by which users recover their accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccountRecoverySetting {
    /// One or two, each with its priority.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recovery_mechanisms: Vec<RecoveryMechanism>,
}

/// One way of recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecoveryMechanism {
    /// 1 goes before 2.
    pub priority: i64,
    /// What it is.
    pub name: RecoveryName,
}

/// What a way of recovery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryName {
    /// A code to a verified email address.
    VerifiedEmail,
    /// A code to a verified phone number.
    VerifiedPhoneNumber,
    /// Administrators set passwords, and nobody else.
    AdminOnly,
}

/// Which changed addresses wait until they are verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserAttributeUpdateSettings {
    /// `email`, `phone_number`.
    pub attributes_require_verification_before_update: Vec<String>,
}

impl UserAttributeUpdateSettings {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a changed address of this kind waits until it is verified.
    #[must_use]
    pub fn waits(&self, kind: NameKind) -> bool {
        self.attributes_require_verification_before_update.iter().any(|attribute| attribute == kind.as_str())
    }
}

/// A pool's own texts of invitations; `{username}` stands for the name, `{####}` for the temporary password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MessageTemplate {
    /// The text message.
    #[serde(rename = "SMSMessage", skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    /// The email's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_message: Option<String>,
    /// The email's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
}

impl MessageTemplate {
    /// Whether nothing is of the pool's own.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a pool's settings of recovery are not taken, in Cognito's words where they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoverySettingRefused {
    /// Beside administrators there is no other way.
    #[error(
        "Invalid account recovery setting parameter. Account recovery setting cannot use admin_only setting with any other recovery \
         mechanisms."
    )]
    AdminOnlyAndMore,
    /// Two are the same, or go first.
    #[error("Invalid account recovery setting parameter. Recovery mechanisms must differ in name and in priority.")]
    Ambiguous,
    /// What waits to be verified would never get a code.
    #[error("All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes")]
    NotVerified,
}

/// Holds a pool's settings of recovery and of changed addresses to the rules.
///
/// # Errors
/// [`RecoverySettingRefused`].
pub fn check(configuration: &PoolConfiguration) -> Result<(), RecoverySettingRefused> {
    let waiting = &configuration.user_attribute_update_settings.attributes_require_verification_before_update;
    if !waiting.iter().all(|attribute| configuration.auto_verified_attributes.contains(attribute)) {
        return Err(RecoverySettingRefused::NotVerified);
    }
    let Some(setting) = &configuration.account_recovery_setting else { return Ok(()) };
    let [first, second] = setting.recovery_mechanisms.as_slice() else { return Ok(()) };
    if first.name == RecoveryName::AdminOnly || second.name == RecoveryName::AdminOnly {
        return Err(RecoverySettingRefused::AdminOnlyAndMore);
    }
    if first.name == second.name || first.priority == second.priority {
        return Err(RecoverySettingRefused::Ambiguous);
    }
    Ok(())
}

/// The kinds of addresses that recovery goes by, the preferred first; `None` where only administrators set passwords. A pool
/// that says nothing prefers the phone number.
///
/// Source: AWS CloudFormation user guide, `AWS::Cognito::UserPool`, AccountRecoverySetting.
#[must_use]
pub fn kinds(configuration: &PoolConfiguration) -> Option<Vec<NameKind>> {
    let given = configuration.account_recovery_setting.as_ref().map(|setting| setting.recovery_mechanisms.as_slice()).unwrap_or_default();
    if given.is_empty() {
        return Some(vec![NameKind::PhoneNumber, NameKind::Email]);
    }
    let mut mechanisms = given.to_vec();
    mechanisms.sort_by_key(|mechanism| mechanism.priority);
    let kind = |mechanism: &RecoveryMechanism| match mechanism.name {
        RecoveryName::VerifiedEmail => Some(NameKind::Email),
        RecoveryName::VerifiedPhoneNumber => Some(NameKind::PhoneNumber),
        RecoveryName::AdminOnly => None,
    };
    let kinds: Vec<NameKind> = mechanisms.iter().filter_map(kind).collect();
    (!kinds.is_empty()).then_some(kinds)
}

/// Why a user does not recover their account by a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrecoverable {
    /// There is nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// The user may not do anything.
    #[error("the user is disabled")]
    Disabled,
    /// Their sign-up is not confirmed.
    #[error("the user is not confirmed")]
    NotConfirmed,
    /// They stand where there is no password of theirs to reset.
    #[error("the user's password cannot be reset as they stand")]
    State,
    /// No address of theirs that the pool recovers by is verified.
    #[error("the user has no verified address")]
    NoAddress,
}

/// Whether a user may set a new password by a code.
///
/// # Errors
/// [`Unrecoverable`].
pub fn may_reset(user: &User) -> Result<(), Unrecoverable> {
    if !user.enabled {
        return Err(Unrecoverable::Disabled);
    }
    match user.status {
        UserStatus::Confirmed | UserStatus::ResetRequired => Ok(()),
        UserStatus::Unconfirmed => Err(Unrecoverable::NotConfirmed),
        UserStatus::ForceChangePassword | UserStatus::ExternalProvider => Err(Unrecoverable::State),
    }
}

/// The verified address that a user's code goes to. In a pool that says by which kinds, an address that gets the codes of the
/// user's second factor is none: whoever reads there would hold both factors.
///
/// Source: API reference, CreateUserPool, AccountRecoverySetting: "SMS doesn't qualify […] if the user also has SMS multi-factor
/// authentication activated. Email MFA is also disqualifying".
///
/// # Errors
/// [`Unrecoverable`].
pub fn address(pool: &Pool, kinds: &[NameKind], user: &User) -> Result<NameKind, Unrecoverable> {
    let says = pool.configuration.account_recovery_setting.as_ref().is_some_and(|setting| !setting.recovery_mechanisms.is_empty());
    let is_second = |kind: NameKind| says && second_factor::enabled(pool, user).any(|factor| factor.address() == Some(kind));
    let qualifies = |kind: &NameKind| user.has_verified(*kind) && user.attributes.contains_key(kind.as_str()) && !is_second(*kind);
    let verified = || kinds.iter().copied().find(qualifies);
    match may_reset(user) {
        Ok(()) => verified().ok_or(Unrecoverable::NoAddress),
        // Nobody has verified an address of theirs: that is what Cognito tells of an unconfirmed user.
        Err(Unrecoverable::NotConfirmed) => Err(verified().map_or(Unrecoverable::NoAddress, |_| Unrecoverable::State)),
        Err(unrecoverable) => Err(unrecoverable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(mechanisms: &[(i64, RecoveryName)]) -> PoolConfiguration {
        let mechanism = |(priority, name): &(i64, RecoveryName)| RecoveryMechanism { priority: *priority, name: *name };
        let recovery_mechanisms = mechanisms.iter().map(mechanism).collect();
        PoolConfiguration { account_recovery_setting: Some(AccountRecoverySetting { recovery_mechanisms }), ..PoolConfiguration::default() }
    }

    #[test]
    fn the_first_priority_is_preferred_and_nothing_prefers_the_phone() {
        use NameKind::{Email, PhoneNumber};
        use RecoveryName::{AdminOnly, VerifiedEmail, VerifiedPhoneNumber};
        assert_eq!(kinds(&PoolConfiguration::default()), Some(vec![PhoneNumber, Email]));
        for (mechanisms, expected) in [
            (vec![(1, VerifiedEmail)], Some(vec![Email])),
            (vec![(2, VerifiedPhoneNumber), (1, VerifiedEmail)], Some(vec![Email, PhoneNumber])),
            (vec![(1, VerifiedPhoneNumber), (2, VerifiedEmail)], Some(vec![PhoneNumber, Email])),
            (vec![(1, AdminOnly)], None),
        ] {
            assert_eq!(kinds(&setting(&mechanisms)), expected);
        }
    }

    #[test]
    fn settings_that_contradict_themselves_are_refused() {
        use RecoveryName::{AdminOnly, VerifiedEmail, VerifiedPhoneNumber};
        for (mechanisms, expected) in [
            (vec![(1, VerifiedEmail), (2, VerifiedPhoneNumber)], Ok(())),
            (vec![(1, AdminOnly)], Ok(())),
            (vec![(1, AdminOnly), (2, VerifiedEmail)], Err(RecoverySettingRefused::AdminOnlyAndMore)),
            (vec![(1, VerifiedEmail), (1, VerifiedPhoneNumber)], Err(RecoverySettingRefused::Ambiguous)),
            (vec![(1, VerifiedEmail), (2, VerifiedEmail)], Err(RecoverySettingRefused::Ambiguous)),
        ] {
            assert_eq!(check(&setting(&mechanisms)), expected);
        }
        let waits = UserAttributeUpdateSettings { attributes_require_verification_before_update: vec!["email".into()] };
        let mut pool = PoolConfiguration { user_attribute_update_settings: waits, ..PoolConfiguration::default() };
        assert_eq!(check(&pool), Err(RecoverySettingRefused::NotVerified));
        pool.auto_verified_attributes = vec!["email".into()];
        assert_eq!(check(&pool), Ok(()));
    }
}
