//! An identity pool and its configuration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::principal_tags::{AttributeMaps, Tags};
use super::provider;
use super::role_choice::RoleMappings;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, ClientId, IdentityPoolId};

/// An identity pool.
#[derive(Clone, Debug)]
pub struct IdentityPool {
    /// `us-east-1:` and a UUID.
    pub id: IdentityPoolId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it is.
    pub region: String,
    /// What people call it.
    pub name: String,
    /// How it behaves.
    pub configuration: IdentityPoolConfiguration,
    /// Whose credentials it gives.
    pub roles: Roles,
    /// Which of its users get other roles than the one for users.
    pub role_mappings: RoleMappings,
    /// Which claims become tags of sessions.
    pub principal_tags: AttributeMaps,
    /// Its own tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How an identity pool behaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityPoolConfiguration {
    /// Whether guests get identities.
    pub allow_unauthenticated_identities: bool,
    /// Whether it gives tokens that STS takes, beside credentials.
    pub allow_classic_flow: bool,
    /// The name of its owner's own provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub developer_provider_name: Option<String>,
    /// The user pools that it trusts.
    pub cognito_identity_providers: Vec<CognitoProvider>,
}

impl IdentityPoolConfiguration {
    /// The clients that it trusts of the user pool of this one name, which it may list by either of its names.
    pub fn clients_of(&self, canonical: &str, public_url: &str) -> impl Iterator<Item = &CognitoProvider> {
        let is_it = move |listed: &&CognitoProvider| provider::canonical(&listed.provider_name, public_url).as_deref() == Some(canonical);
        self.cognito_identity_providers.iter().filter(is_it)
    }
}

/// A user pool's client that an identity pool trusts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CognitoProvider {
    /// `cognito-idp.us-east-1.amazonaws.com/us-east-1_…`
    pub provider_name: String,
    /// The app client.
    pub client_id: ClientId,
    /// Whether sign-out must hold here at once.
    #[serde(default)]
    pub server_side_token_check: bool,
}

/// Whose credentials an identity pool gives: `authenticated` and `unauthenticated` to role ARNs.
pub type Roles = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_first_release_open_and_those_without_a_member_too() {
        let row = r#"{"allow_unauthenticated_identities":true,"cognito_identity_providers":[{"ProviderName":"p","ClientId":"c"}]}"#;
        let provider = CognitoProvider { provider_name: "p".to_owned(), client_id: "c".into(), server_side_token_check: false };
        let expected = IdentityPoolConfiguration {
            allow_unauthenticated_identities: true,
            cognito_identity_providers: vec![provider],
            ..IdentityPoolConfiguration::default()
        };
        assert_eq!(serde_json::from_str::<IdentityPoolConfiguration>(row).unwrap(), expected);
        assert_eq!(serde_json::from_str::<IdentityPoolConfiguration>("{}").unwrap(), IdentityPoolConfiguration::default());
    }
}
