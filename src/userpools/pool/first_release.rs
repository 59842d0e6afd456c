//! Reads the documents of pools that the first release wrote: flat, and in names of its own.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;

use super::{
    AdminCreateUserConfig, DeletionProtection, MfaMode, Policies, PoolConfiguration, SoftwareToken, UsernameConfiguration,
    VerificationMessage, VerificationMessageTemplate,
};
use crate::userpools::attributes::SchemaAttribute;
use crate::userpools::password_policy::PasswordPolicy;

/// A pool's document as a row has it.
pub struct Stored(PoolConfiguration);

/// SECURITY: what the first release wrote is read as that or not at all. Read as today's, none of its members would be known,
/// and a pool with MFA would open as one without.
impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Value::Object(serde_json::Map::deserialize(deserializer)?);
        let configuration = if document.get("password_policy").is_some() {
            serde_json::from_value::<FirstRelease>(document).map(PoolConfiguration::from)
        } else {
            serde_json::from_value(document)
        };
        configuration.map(Self).map_err(D::Error::custom)
    }
}

/// The first release's document. It always wrote the password policy, which tells it from today's.
#[derive(Deserialize)]
struct FirstRelease {
    password_policy: PasswordPolicy,
    deletion_protected: bool,
    auto_verified_attributes: Vec<String>,
    alias_attributes: Vec<String>,
    username_attributes: Vec<String>,
    usernames_are_case_sensitive: Option<bool>,
    schema: Vec<SchemaAttribute>,
    mfa: MfaMode,
    software_token_mfa_enabled: bool,
    admin_create_user_only: bool,
    verification_message: VerificationMessage,
}

impl From<Stored> for PoolConfiguration {
    fn from(stored: Stored) -> Self {
        stored.0
    }
}

impl From<FirstRelease> for PoolConfiguration {
    fn from(old: FirstRelease) -> Self {
        Self {
            policies: Policies { password_policy: old.password_policy, ..Policies::default() },
            deletion_protection: if old.deletion_protected { DeletionProtection::Active } else { DeletionProtection::Inactive },
            auto_verified_attributes: old.auto_verified_attributes,
            alias_attributes: old.alias_attributes,
            username_attributes: old.username_attributes,
            username_configuration: old.usernames_are_case_sensitive.map(|case_sensitive| UsernameConfiguration { case_sensitive }),
            schema: old.schema,
            mfa: old.mfa,
            software_token_mfa_configuration: SoftwareToken { enabled: old.software_token_mfa_enabled },
            admin_create_user_config: AdminCreateUserConfig {
                allow_admin_create_user_only: old.admin_create_user_only,
                ..AdminCreateUserConfig::default()
            },
            verification_message_template: VerificationMessageTemplate {
                message: old.verification_message,
                ..VerificationMessageTemplate::default()
            },
            ..Self::default()
        }
        .with_both_names()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(row: &str) -> PoolConfiguration {
        serde_json::from_str::<Stored>(row).unwrap().into()
    }

    #[test]
    fn rows_of_the_first_release_still_open() {
        let row = r#"{"password_policy":{"MinimumLength":12,"RequireUppercase":false,"RequireLowercase":true,"RequireNumbers":false,
            "RequireSymbols":true,"TemporaryPasswordValidityDays":3},"deletion_protected":true,"auto_verified_attributes":["email"],
            "alias_attributes":["email","phone_number"],"username_attributes":[],"usernames_are_case_sensitive":false,"schema":[{"Name":
            "custom:team","AttributeDataType":"String","DeveloperOnlyAttribute":false,"Mutable":true,"Required":false,
            "StringAttributeConstraints":{"MaxLength":"9"}}],"mfa":"OPTIONAL","software_token_mfa_enabled":true,
            "admin_create_user_only":true,"verification_message":{"EmailMessage":"Your code is {####}"}}"#;
        let opened = open(row);
        let policy = PasswordPolicy {
            minimum_length: 12,
            require_uppercase: false,
            require_lowercase: true,
            require_numbers: false,
            require_symbols: true,
            temporary_password_validity_days: 3,
        };
        assert_eq!(*opened.password_policy(), policy);
        assert!(opened.deletion_protected() && opened.admin_create_user_only() && opened.software_token_mfa_enabled());
        assert!(!opened.case_sensitive());
        assert_eq!(opened.mfa, MfaMode::Optional);
        assert_eq!((opened.auto_verified_attributes.len(), opened.alias_attributes.len()), (1, 2));
        assert_eq!((opened.username_attributes.len(), opened.schema.len()), (0, 1));
        assert_eq!(opened.verification_message().email_message.as_deref(), Some("Your code is {####}"));
        assert_eq!(opened.email_verification_message.as_deref(), Some("Your code is {####}"));
        assert_eq!(open(&serde_json::to_string(&opened).unwrap()), opened);
    }

    #[test]
    fn rows_with_more_or_fewer_members_open() {
        let opened = open(r#"{"MfaConfiguration":"ON","OfALaterRelease":{"A":1}}"#);
        assert_eq!(opened, PoolConfiguration { mfa: MfaMode::On, ..PoolConfiguration::default() });
    }

    #[test]
    fn a_row_that_is_no_document_does_not_open_as_one() {
        for row in [
            "[]",
            "1",
            r#"{"MfaConfiguration":"SOMETIMES"}"#,
            r#"{"Policies":{"PasswordPolicy":{"MinimumLength":"x"}}}"#,
            r#"{"password_policy":{},"mfa":"ON"}"#,
        ] {
            assert!(serde_json::from_str::<Stored>(row).is_err(), "{row}");
        }
    }
}
