//! What a pool's OpenID provider is set to: who issues its tokens, what its assurance levels are called, who may register
//! clients; and the key that its data rests under.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::userpools::registration::Registered;

/// IssuerConfiguration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IssuerConfiguration {
    /// The form of the issuer.
    #[serde(rename = "Type")]
    pub kind: IssuerType,
}

/// The form of a pool's issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum IssuerType {
    /// The region's own host.
    #[default]
    Original,
    /// A host that other regions serve too.
    Updated,
}

/// KeyConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyConfiguration {
    /// Whose key it is.
    pub key_type: EncryptionKeyType,
    /// A customer's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// Whose key a pool's data rests under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EncryptionKeyType {
    /// The deployment's.
    #[default]
    AwsOwnedKey,
    /// A customer's.
    CustomerManagedKey,
}

/// An authentication context class of AcrConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AcrLevel {
    /// The URI that the `acr` claim has for it.
    pub acr_value: String,
}

/// DcrConfiguration: who may register clients, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DcrConfiguration {
    /// Whether anybody may.
    pub enable_status: DcrStatus,
    /// Whether those may who bring no token.
    pub open_dcr_enabled: bool,
    /// The grants of clients that were registered with a token; absent means `code` and `client_credentials`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated_grant_types: Option<Vec<String>>,
    /// The grants of clients that were registered without one; absent means `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_dcr_grant_types: Option<Vec<String>>,
    /// The scopes beside OpenID Connect's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<Vec<String>>,
}

/// Whether clients may be registered. A configuration that does not say so turns it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DcrStatus {
    /// They may.
    #[default]
    Enabled,
    /// They may not.
    Disabled,
}

impl DcrConfiguration {
    /// Whether anybody may register clients so.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        matches!(self.enable_status, DcrStatus::Enabled)
    }

    /// The flows that clients which register themselves so may have; none is a door that is shut. `implicit` is taken in the lists and
    /// ignored.
    ///
    /// Source: Amazon Cognito API reference, DcrConfigurationType.
    #[must_use]
    pub fn flows(&self, registered: Registered) -> Vec<&str> {
        let (given, usual): (_, &[&str]) = match registered {
            Registered::Openly if !self.open_dcr_enabled => return Vec::new(),
            Registered::Openly => (&self.open_dcr_grant_types, &["code"]),
            Registered::ByToken => (&self.authenticated_grant_types, &REGISTRABLE),
        };
        let listed: Vec<&str> = given.as_ref().map_or_else(|| usual.to_vec(), |given| given.iter().map(String::as_str).collect());
        listed.into_iter().filter(|flow| REGISTRABLE.contains(flow)).collect()
    }
}

/// The flows that a registered client can have.
const REGISTRABLE: [&str; 2] = ["code", "client_credentials"];

/// Why a pool's provider is not set so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenIdRefused {
    /// A customer's key needs a key service.
    #[error("KeyConfiguration: CUSTOMER_MANAGED_KEY is not supported: data rests under the deployment's own key.")]
    CustomerKey,
    /// A key's ARN with no customer's key.
    #[error("KeyConfiguration: KmsKeyArn can be given with CUSTOMER_MANAGED_KEY only.")]
    KeyWithoutType,
    /// Two levels of one name, or a level named as another is by default.
    #[error("AcrConfiguration: the AcrValue {0} must be unique across all levels, including default names.")]
    LevelsOfOneName(String),
}

/// The levels, and what each is called where nothing else is said.
const LEVELS: [(&str, &str); 4] =
    [("Level1", "urn:cognito:loa:1"), ("Level2", "urn:cognito:loa:2"), ("Level3", "urn:cognito:loa:3"), ("Level4", "urn:cognito:loa:4")];

/// What the `acr` claim has for each level, from the least on.
///
/// Source: Amazon Cognito API reference, CreateUserPool, AcrConfiguration.
#[must_use]
pub fn acr_values(levels: &BTreeMap<String, AcrLevel>) -> [&str; 4] {
    LEVELS.map(|(level, default)| levels.get(level).map_or(default, |level| level.acr_value.as_str()))
}

/// Whether the names of levels can be told apart.
///
/// # Errors
/// [`OpenIdRefused::LevelsOfOneName`].
pub fn check_levels(levels: &BTreeMap<String, AcrLevel>) -> Result<(), OpenIdRefused> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for (level, AcrLevel { acr_value }) in levels {
        let is_anothers = LEVELS.iter().any(|(other, default)| other != level && default == acr_value);
        if is_anothers || !names.insert(acr_value) {
            return Err(OpenIdRefused::LevelsOfOneName(acr_value.clone()));
        }
    }
    Ok(())
}

impl KeyConfiguration {
    /// Whether data can rest so.
    ///
    /// # Errors
    /// [`OpenIdRefused`].
    pub const fn check(&self) -> Result<(), OpenIdRefused> {
        match (self.key_type, &self.kms_key_arn) {
            (EncryptionKeyType::CustomerManagedKey, _) => Err(OpenIdRefused::CustomerKey),
            (EncryptionKeyType::AwsOwnedKey, Some(_)) => Err(OpenIdRefused::KeyWithoutType),
            (EncryptionKeyType::AwsOwnedKey, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_of_registration_has_cognitos_default_and_an_empty_list_shuts_a_door() {
        let read = |text: &str| serde_json::from_str::<DcrConfiguration>(text).unwrap();
        for (given, openly, by_token) in [
            ("{}", &[][..], &["code", "client_credentials"][..]),
            (r#"{"OpenDcrEnabled": true}"#, &["code"], &["code", "client_credentials"]),
            (r#"{"OpenDcrEnabled": true, "OpenDcrGrantTypes": [], "AuthenticatedGrantTypes": []}"#, &[], &[]),
            (
                r#"{"OpenDcrEnabled": true, "OpenDcrGrantTypes": ["implicit", "client_credentials"], "AuthenticatedGrantTypes": ["implicit"]}"#,
                &["client_credentials"],
                &[],
            ),
            (r#"{"OpenDcrGrantTypes": ["code"]}"#, &[], &["code", "client_credentials"]),
        ] {
            let given = read(given);
            assert!(given.is_on(), "{given:?}");
            assert_eq!(
                (given.flows(Registered::Openly), given.flows(Registered::ByToken)),
                (openly.to_vec(), by_token.to_vec()),
                "{given:?}"
            );
        }
        assert!(!read(r#"{"EnableStatus": "Disabled"}"#).is_on());
    }

    #[test]
    fn levels_are_named_apart_from_each_other_and_from_the_defaults() {
        for (levels, accepted) in [
            (vec![], true),
            (vec![("Level1", "urn:x:low")], true),
            (vec![("Level1", "urn:x:low"), ("Level2", "urn:x:low")], false),
            (vec![("Level1", "urn:cognito:loa:2")], false),
            (vec![("Level1", "urn:cognito:loa:1")], true),
        ] {
            let levels: BTreeMap<String, AcrLevel> =
                levels.into_iter().map(|(level, name)| (level.to_owned(), AcrLevel { acr_value: name.to_owned() })).collect();
            assert_eq!(check_levels(&levels).is_ok(), accepted, "{levels:?}");
        }
        let named = BTreeMap::from([("Level3".to_owned(), AcrLevel { acr_value: "urn:x:high".to_owned() })]);
        assert_eq!(acr_values(&named), ["urn:cognito:loa:1", "urn:cognito:loa:2", "urn:x:high", "urn:cognito:loa:4"]);
    }
}
