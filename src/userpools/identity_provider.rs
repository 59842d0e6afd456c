//! An identity provider of a pool: somebody else who vouches for its users.

mod details;
pub mod mapping;
mod saml_metadata;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::attributes::SchemaAttribute;
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

pub use details::{Details, Reached};
pub use saml_metadata::SamlMetadata;

/// How many providers a pool has at most.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", resource quotas.
pub const MOST_IN_A_POOL: i64 = 300;

/// The pool itself, as a client's SupportedIdentityProviders name it.
pub const OWN: &str = "COGNITO";

/// The pool itself, as AdminLinkProviderForUser names it.
pub const OWN_USERS: &str = "Cognito";

/// A provider.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Unique in the pool, to the letter.
    pub name: String,
    /// How it speaks.
    pub kind: ProviderType,
    /// What is no secret.
    pub configuration: Configuration,
    /// The client secret or the private key, sealed.
    pub sealed_secrets: Option<Sealed<ProviderSecrets>>,
    /// Other names of it, each of one provider of a pool.
    pub identifiers: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// What a provider is, but for its names and its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// ProviderDetails without secrets, what they imply included.
    pub details: BTreeMap<String, String>,
    /// AttributeMapping: an attribute of the pool to a claim of the provider.
    pub attribute_mapping: BTreeMap<String, String>,
    /// AcrMapping: a level of the pool to a value of the provider.
    pub acr_mapping: BTreeMap<String, String>,
}

/// The secrets of a provider, by their names in ProviderDetails.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSecrets(pub BTreeMap<String, String>);

sealed_as_json!(ProviderSecrets);

impl fmt::Debug for ProviderSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderSecrets")
    }
}

/// Where the secrets of a provider rest.
#[must_use]
pub fn sealed_at<'a>(pool_id: &'a UserPoolId, name: &'a str) -> [&'a str; 3] {
    ["identity_providers", pool_id.as_str(), name]
}

/// How a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderType {
    /// SAML 2.0.
    Saml,
    /// Facebook.
    Facebook,
    /// Google.
    Google,
    /// Login with Amazon.
    LoginWithAmazon,
    /// Sign in with Apple.
    SignInWithApple,
    /// OpenID Connect.
    Oidc,
}

impl ProviderType {
    const ALL: [Self; 6] = [Self::Saml, Self::Facebook, Self::Google, Self::LoginWithAmazon, Self::SignInWithApple, Self::Oidc];

    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saml => "SAML",
            Self::Facebook => "Facebook",
            Self::Google => "Google",
            Self::LoginWithAmazon => "LoginWithAmazon",
            Self::SignInWithApple => "SignInWithApple",
            Self::Oidc => "OIDC",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether there is one such provider in the world: a pool has it once, by its own name.
    #[must_use]
    pub const fn is_social(self) -> bool {
        !matches!(self, Self::Saml | Self::Oidc)
    }

    /// The claim that a user's name comes from, where no mapping says otherwise.
    ///
    /// Source: Amazon Cognito developer guide, "Mapping IdP attributes to profiles and tokens".
    const fn username_claim(self) -> Option<&'static str> {
        match self {
            Self::Saml => None,
            Self::Facebook => Some("id"),
            Self::LoginWithAmazon => Some("user_id"),
            Self::Google | Self::SignInWithApple | Self::Oidc => Some("sub"),
        }
    }
}

/// Why a provider is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderRefused {
    /// The name means the pool itself.
    #[error("{0} is a reserved provider name.")]
    Reserved(String),
    /// A social provider is called by its type, and nothing else is.
    #[error("Provider {0} cannot be of type {1}.")]
    NameOfType(String, &'static str),
    /// Details are missing.
    #[error("{0} are all required idp details")]
    Required(String),
    /// A detail that its type does not have.
    #[error("{0} is not a valid idp detail for provider type {1}.")]
    Unknown(String, &'static str),
    /// A detail that only the type decides.
    #[error("The idp detail {0} cannot be changed.")]
    Fixed(String),
    /// A detail with a value that it does not take.
    #[error("Invalid value for idp detail {0}: {1}")]
    Invalid(&'static str, &'static str),
    /// SAML has its metadata from one place.
    #[error("Either MetadataURL or MetadataFile is required, and not both.")]
    OneMetadata,
    /// The metadata is none, and why.
    #[error("Invalid SAML metadata: {0}")]
    Metadata(&'static str),
    /// An attribute is mapped that the pool does not have.
    #[error("Invalid attribute mapping: the attribute {0} is not in the user pool's schema.")]
    NotInSchema(String),
    /// An attribute is mapped from nothing.
    #[error("Invalid attribute mapping: no claim is given for {0}.")]
    NoClaim(String),
    /// A mapping of authentication contexts, of what has none.
    #[error("AcrMapping is supported for OIDC identity providers only.")]
    AcrOfOthers,
}

/// Whether a provider of this type may have this name.
///
/// # Errors
/// [`ProviderRefused::Reserved`], [`ProviderRefused::NameOfType`].
pub fn check_name(name: &str, kind: ProviderType) -> Result<(), ProviderRefused> {
    if name.eq_ignore_ascii_case(OWN) {
        return Err(ProviderRefused::Reserved(name.to_owned()));
    }
    let named_after = ProviderType::parse(name).filter(|named| named.is_social());
    let fits = if kind.is_social() { named_after == Some(kind) } else { named_after.is_none() };
    if fits { Ok(()) } else { Err(ProviderRefused::NameOfType(name.to_owned(), kind.as_str())) }
}

/// An attribute mapping, with the claim that names come from.
///
/// # Errors
/// [`ProviderRefused::NotInSchema`], [`ProviderRefused::NoClaim`].
pub fn check_mapping(
    kind: ProviderType,
    schema: &[SchemaAttribute],
    mut mapping: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, ProviderRefused> {
    for (attribute, claim) in &mapping {
        let is_known = attribute == "username" || (attribute != "sub" && schema.iter().any(|known| known.name == *attribute));
        if !is_known {
            return Err(ProviderRefused::NotInSchema(attribute.clone()));
        }
        if claim.trim().is_empty() {
            return Err(ProviderRefused::NoClaim(attribute.clone()));
        }
    }
    if let Some(claim) = kind.username_claim() {
        mapping.entry("username".to_owned()).or_insert_with(|| claim.to_owned());
    }
    Ok(mapping)
}

/// Whether a provider of this type may have this mapping of authentication contexts.
///
/// # Errors
/// [`ProviderRefused::AcrOfOthers`].
pub fn check_acr(kind: ProviderType, mapping: &BTreeMap<String, String>) -> Result<(), ProviderRefused> {
    if mapping.is_empty() || kind == ProviderType::Oidc { Ok(()) } else { Err(ProviderRefused::AcrOfOthers) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::userpools::attributes::full_schema;

    #[test]
    fn a_social_provider_is_called_by_its_type_and_nobody_else_is() {
        use ProviderType::{Google, Oidc, Saml, SignInWithApple};
        for (name, kind, accepted) in [
            ("Google", Google, true),
            ("google", Google, false),
            ("MyGoogle", Google, false),
            ("Google", Oidc, false),
            ("SignInWithApple", SignInWithApple, true),
            ("Corp", Saml, true),
            ("COGNITO", Oidc, false),
            ("Cognito", Saml, false),
        ] {
            assert_eq!(check_name(name, kind).is_ok(), accepted, "{name} {kind:?}");
        }
        assert_eq!(check_name("Mine", Google).unwrap_err().to_string(), "Provider Mine cannot be of type Google.");
    }

    #[test]
    fn attributes_are_mapped_into_the_schema_and_names_have_a_claim() {
        let schema = full_schema(&[]);
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let mapped = check_mapping(ProviderType::Facebook, &schema, map(&[("email", "email")])).unwrap();
        assert_eq!(mapped, map(&[("email", "email"), ("username", "id")]));
        assert_eq!(check_mapping(ProviderType::Oidc, &schema, map(&[("username", "upn")])).unwrap(), map(&[("username", "upn")]));
        assert_eq!(check_mapping(ProviderType::Saml, &schema, map(&[])).unwrap(), map(&[]));
        for pair in [("custom:none", "x"), ("sub", "sub"), ("email", " ")] {
            assert!(check_mapping(ProviderType::Oidc, &schema, map(&[pair])).is_err(), "{pair:?}");
        }
    }

    #[test]
    fn secrets_stay_out_of_debug() {
        let secrets = ProviderSecrets(BTreeMap::from([("client_secret".to_owned(), "canary".to_owned())]));
        assert_eq!(format!("{secrets:?}"), "ProviderSecrets");
    }
}
