//! A user pool and its configuration.

mod factors;
mod first_release;
mod messaging;
mod openid;
mod protection;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attributes::SchemaAttribute;
use super::device::DeviceConfiguration;
use super::lambda_config::LambdaConfig;
use super::name::{CanonicalName, Capitals, NameKind, NameRefused};
use super::password_policy::PasswordPolicy;
use super::password_rules::PasswordRules;
use super::recovery::{AccountRecoverySetting, MessageTemplate, UserAttributeUpdateSettings};
use super::session::SessionConfiguration;
use super::tags::{self, Tags, TagsRefused};
use super::web_authn::WebAuthnConfiguration;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UserPoolId};

pub use factors::{EmailMfaConfiguration, FactorsRefused, SignInPolicy, SmsMfa};
pub use first_release::Stored;
pub use messaging::{
    EmailConfiguration, EmailSendingAccount, EumsSmsConfiguration, MessagingRefused, SmsConfiguration, SmsRole, address_of,
};
pub use openid::{
    AcrLevel, DcrConfiguration, DcrStatus, EncryptionKeyType, IssuerConfiguration, IssuerType, KeyConfiguration, OpenIdRefused, acr_values,
};
pub use protection::{AdditionalFlows, AdvancedSecurityMode, CustomAuthMode, UserPoolAddOns, UserPoolTier};

/// A user pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// `us-east-1_` and nine alphanumerics.
    pub id: UserPoolId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it is.
    pub region: String,
    /// What people call it.
    pub name: String,
    /// How it behaves.
    pub configuration: PoolConfiguration,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

impl Pool {
    /// The part of the id after `_`: the name that SRP's hashes take.
    #[must_use]
    pub fn srp_name(&self) -> &str {
        self.id.name()
    }

    /// The pool, with what the deployment asks of passwords where its tags say nothing.
    #[must_use]
    pub const fn with_password_defaults(mut self, defaults: PasswordRules) -> Self {
        self.configuration.password_defaults = defaults;
        self
    }

    /// A name in the one form that it has in this pool.
    ///
    /// # Errors
    /// [`NameRefused::TooLong`].
    pub fn canonical(&self, name: &str) -> Result<CanonicalName, NameRefused> {
        CanonicalName::of(name, self.configuration.capitals())
    }

    /// The kind of address that a name has the form of, where addresses of that kind are names of their own.
    #[must_use]
    pub fn address_form(&self, name: &CanonicalName) -> Option<NameKind> {
        let kind = match () {
            () if name.is_email() => NameKind::Email,
            () if name.is_phone_number() => NameKind::PhoneNumber,
            () => return None,
        };
        self.configuration.names_by(kind).then_some(kind)
    }

    /// What a name is counted by, whether or not somebody has it: its one form; of what is longer than any name, the text.
    #[must_use]
    pub fn one_form(&self, name: &str) -> String {
        self.canonical(name).map_or_else(|_| name.to_owned(), |name| name.as_str().to_owned())
    }
}

/// How a pool behaves, in AWS's shape: what CreateUserPool takes, what DescribeUserPool gives, and the document that rests in
/// the pool's row. What is not given has the default here.
///
/// A member that is added later has a default too, so that rows without it still open. Rows of the first release are read by
/// `first_release`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PoolConfiguration {
    /// What passwords must be like.
    pub policies: Policies,
    /// The functions that the pool calls.
    #[serde(skip_serializing_if = "LambdaConfig::is_empty")]
    pub lambda_config: LambdaConfig,
    /// Whether DeleteUserPool is refused.
    pub deletion_protection: DeletionProtection,
    /// Which of `email` and `phone_number` sign-up verifies by a code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub auto_verified_attributes: Vec<String>,
    /// What a user may sign in with beside the username: `email`, `phone_number`, `preferred_username`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alias_attributes: Vec<String>,
    /// What a user signs up with in place of a username: `email`, `phone_number`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub username_attributes: Vec<String>,
    /// Whether `Alice` and `alice` are two users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username_configuration: Option<UsernameConfiguration>,
    /// The custom attributes, and what differs from the standard ones' defaults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schema: Vec<SchemaAttribute>,
    /// Whether MFA is off, optional or on.
    #[serde(rename = "MfaConfiguration")]
    pub mfa: MfaMode,
    /// Whether TOTP is one of the pool's factors: SetUserPoolMfaConfig sets it.
    #[serde(skip_serializing_if = "SoftwareToken::is_disabled")]
    pub software_token_mfa_configuration: SoftwareToken,
    /// Whether text messages are: SetUserPoolMfaConfig sets it.
    #[serde(skip_serializing_if = "SmsMfa::is_disabled")]
    pub sms_mfa: SmsMfa,
    /// The texts of codes by mail, where mail is one of the pool's factors: SetUserPoolMfaConfig sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_mfa_configuration: Option<EmailMfaConfiguration>,
    /// The text message that carries the code of a sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_authentication_message: Option<String>,
    /// What the pool asks of passkeys: SetUserPoolMfaConfig sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_authn_configuration: Option<WebAuthnConfiguration>,
    /// Who creates users.
    pub admin_create_user_config: AdminCreateUserConfig,
    /// As the template has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_verification_message: Option<String>,
    /// As the template has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verification_message: Option<String>,
    /// As the template has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verification_subject: Option<String>,
    /// The texts of verification messages, where they differ from ours.
    pub verification_message_template: VerificationMessageTemplate,
    /// Where the codes go by which users recover their accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_recovery_setting: Option<AccountRecoverySetting>,
    /// Which changed addresses wait until they are verified.
    #[serde(skip_serializing_if = "UserAttributeUpdateSettings::is_default")]
    pub user_attribute_update_settings: UserAttributeUpdateSettings,
    /// What the deployment asks of passwords where the tags say nothing. It is no part of the document.
    #[serde(skip)]
    pub password_defaults: PasswordRules,
    /// How devices are remembered; absent where they are not tracked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_configuration: Option<DeviceConfiguration>,
    /// How sessions are tracked: SetUserPoolSessionConfiguration sets it.
    #[serde(skip_serializing_if = "SessionConfiguration::is_default")]
    pub session_configuration: SessionConfiguration,
    /// Whom email comes from.
    pub email_configuration: EmailConfiguration,
    /// The role that text messages go by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_configuration: Option<SmsConfiguration>,
    /// The pool's tags: decisions about it are made by them too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub user_pool_tags: Tags,
    /// Threat protection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool_add_ons: Option<UserPoolAddOns>,
    /// The plan.
    pub user_pool_tier: UserPoolTier,
    /// The form of the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_configuration: Option<IssuerConfiguration>,
    /// The key that its data rests under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_configuration: Option<KeyConfiguration>,
    /// What the levels of assurance are called, where they have names of the pool's own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub acr_configuration: BTreeMap<String, AcrLevel>,
    /// Who may register clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcr_configuration: Option<DcrConfiguration>,
}

/// Why a pool's configuration is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigurationRefused {
    /// Messages cannot be sent so.
    #[error(transparent)]
    Messaging(#[from] MessagingRefused),
    /// Its provider cannot be set so.
    #[error(transparent)]
    OpenId(#[from] OpenIdRefused),
    /// These are no tags of a pool.
    #[error(transparent)]
    Tags(#[from] TagsRefused),
}

/// What a pool asks of credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Policies {
    /// Of passwords.
    pub password_policy: PasswordPolicy,
    /// Of what a sign-in by choice begins with.
    #[serde(skip_serializing_if = "SignInPolicy::is_unset")]
    pub sign_in_policy: SignInPolicy,
}

/// Whether DeleteUserPool is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeletionProtection {
    /// It is.
    Active,
    /// It is not.
    #[default]
    Inactive,
}

/// Whether capitals matter in usernames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsernameConfiguration {
    /// Whether they do.
    pub case_sensitive: bool,
}

/// Whether TOTP is one of a pool's factors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SoftwareToken {
    /// Whether it is.
    pub enabled: bool,
}

impl SoftwareToken {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    const fn is_disabled(&self) -> bool {
        !self.enabled
    }
}

/// Who creates users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdminCreateUserConfig {
    /// Whether only administrators do.
    pub allow_admin_create_user_only: bool,
    /// The old name of the password policy's `TemporaryPasswordValidityDays`, and always the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unused_account_validity_days: Option<i64>,
    /// The pool's own texts of invitations.
    #[serde(skip_serializing_if = "MessageTemplate::is_default")]
    pub invite_message_template: MessageTemplate,
}

/// A pool's own texts, and how an address is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VerificationMessageTemplate {
    /// The texts.
    #[serde(flatten)]
    pub message: VerificationMessage,
    /// The body of the email that carries a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_message_by_link: Option<String>,
    /// Its subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject_by_link: Option<String>,
    /// By a code, or by a link.
    pub default_email_option: String,
}

impl VerificationMessageTemplate {
    /// Whether email addresses are verified by a link.
    #[must_use]
    pub fn is_by_link(&self) -> bool {
        self.default_email_option == BY_LINK
    }
}

impl Default for VerificationMessageTemplate {
    fn default() -> Self {
        Self {
            message: VerificationMessage::default(),
            email_message_by_link: None,
            email_subject_by_link: None,
            default_email_option: BY_CODE.to_owned(),
        }
    }
}

/// An address is verified by a code.
const BY_CODE: &str = "CONFIRM_WITH_CODE";

/// An address is verified by a link.
const BY_LINK: &str = "CONFIRM_WITH_LINK";

/// Whether a pool asks for a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MfaMode {
    /// Never.
    #[default]
    Off,
    /// Of everyone.
    On,
    /// Of those who have set one up.
    Optional,
}

/// A pool's own texts; `{####}` stands for the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VerificationMessage {
    /// The text message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    /// The email's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_message: Option<String>,
    /// The email's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
}

impl PoolConfiguration {
    /// Whether capitals make another username. A pool that was not asked to ignore them does not.
    #[must_use]
    pub fn case_sensitive(&self) -> bool {
        self.username_configuration.is_none_or(|configuration| configuration.case_sensitive)
    }

    /// What passwords must be like.
    #[must_use]
    pub const fn password_policy(&self) -> &PasswordPolicy {
        &self.policies.password_policy
    }

    /// Whether DeleteUserPool is refused.
    #[must_use]
    pub const fn deletion_protected(&self) -> bool {
        matches!(self.deletion_protection, DeletionProtection::Active)
    }

    /// Whether TOTP is one of the pool's factors.
    #[must_use]
    pub const fn software_token_mfa_enabled(&self) -> bool {
        self.software_token_mfa_configuration.enabled
    }

    /// Whether only administrators create users.
    #[must_use]
    pub const fn admin_create_user_only(&self) -> bool {
        self.admin_create_user_config.allow_admin_create_user_only
    }

    /// The texts of verification messages, where they differ from ours.
    #[must_use]
    pub const fn verification_message(&self) -> &VerificationMessage {
        &self.verification_message_template.message
    }

    /// Holds what is given to AWS's rules, for a pool in this region, and drops what says nothing.
    ///
    /// # Errors
    /// [`ConfigurationRefused`].
    pub fn checked(mut self, region: &str) -> Result<Self, ConfigurationRefused> {
        tags::check(&self.user_pool_tags)?;
        self.email_configuration.check()?;
        self.sms_configuration = self.sms_configuration.filter(|configuration| !configuration.is_empty());
        if let Some(configuration) = &self.sms_configuration {
            configuration.check(region)?;
        }
        if let Some(configuration) = &self.key_configuration {
            configuration.check()?;
        }
        openid::check_levels(&self.acr_configuration)?;
        Ok(self)
    }

    /// The same, with what the API has two names for written under both.
    #[must_use]
    pub fn with_both_names(mut self) -> Self {
        let message = &mut self.verification_message_template.message;
        for (text, other) in [
            (&mut message.sms_message, &mut self.sms_verification_message),
            (&mut message.email_message, &mut self.email_verification_message),
            (&mut message.email_subject, &mut self.email_verification_subject),
        ] {
            *text = text.take().or_else(|| other.take());
            other.clone_from(text);
        }
        let days = self.policies.password_policy.temporary_password_validity_days;
        self.admin_create_user_config.unused_account_validity_days = Some(days);
        self
    }

    /// What is said of clients that register themselves, where they may.
    #[must_use]
    pub fn dcr(&self) -> Option<&DcrConfiguration> {
        self.dcr_configuration.as_ref().filter(|dcr| dcr.is_on())
    }

    /// Whether addresses of this kind are verified by a code of ours, at sign-up and when they change.
    #[must_use]
    pub fn verifies(&self, kind: NameKind) -> bool {
        self.auto_verified_attributes.iter().any(|attribute| attribute == kind.as_str())
    }

    /// Where names tell capitals from small letters.
    #[must_use]
    pub fn capitals(&self) -> Capitals {
        match (self.case_sensitive(), self.names_by(NameKind::Email)) {
            (false, _) => Capitals::Ignored,
            (true, true) => Capitals::CountExceptInEmail,
            (true, false) => Capitals::Count,
        }
    }

    /// Whether attributes of this kind, as far as they are verified, are names that their users sign in by.
    #[must_use]
    pub fn names_by(&self, kind: NameKind) -> bool {
        self.alias_attributes.iter().chain(&self.username_attributes).any(|attribute| attribute == kind.as_str())
    }

    /// Whether users sign in by more than one name.
    #[must_use]
    pub const fn has_aliases(&self) -> bool {
        !self.alias_attributes.is_empty() || !self.username_attributes.is_empty()
    }
}
