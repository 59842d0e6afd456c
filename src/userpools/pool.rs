//! A user pool and its configuration.

use serde::{Deserialize, Serialize};

use super::attributes::SchemaAttribute;
use super::name::{CanonicalName, Capitals, NameKind, NameRefused};
use super::password_policy::PasswordPolicy;
use crate::kit::clock::Timestamp;

/// A user pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// `us-east-1_` and nine alphanumerics.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
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
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    /// A name in the one form that it has in this pool.
    ///
    /// # Errors
    /// [`NameRefused::TooLong`].
    pub fn canonical(&self, name: &str) -> Result<CanonicalName, NameRefused> {
        CanonicalName::of(name, self.configuration.capitals())
    }

    /// What a name is counted by, whether or not somebody has it: its one form; of what is longer than any name, the text.
    #[must_use]
    pub fn one_form(&self, name: &str) -> String {
        self.canonical(name).map_or_else(|_| name.to_owned(), |name| name.as_str().to_owned())
    }
}

/// How a pool behaves: the document that rests in its row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PoolConfiguration {
    /// What passwords must be like.
    pub password_policy: PasswordPolicy,
    /// Whether DeleteUserPool is refused.
    pub deletion_protected: bool,
    /// Which of `email` and `phone_number` sign-up verifies by a code.
    pub auto_verified_attributes: Vec<String>,
    /// What a user may sign in with beside the username: `email`, `phone_number`, `preferred_username`.
    pub alias_attributes: Vec<String>,
    /// What a user signs up with in place of a username: `email`, `phone_number`.
    pub username_attributes: Vec<String>,
    /// Whether `Alice` and `alice` are two users.
    pub usernames_are_case_sensitive: Option<bool>,
    /// The custom attributes, and what differs from the standard ones' defaults.
    pub schema: Vec<SchemaAttribute>,
    /// Whether MFA is off, optional or on.
    pub mfa: MfaMode,
    /// Whether TOTP is one of the pool's factors.
    pub software_token_mfa_enabled: bool,
    /// Whether only administrators create users.
    pub admin_create_user_only: bool,
    /// The texts of verification messages, where they differ from ours.
    pub verification_message: VerificationMessage,
}

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
        self.usernames_are_case_sensitive.unwrap_or(true)
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

    /// Whether a verified address of this kind is a name that its user signs in by.
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
