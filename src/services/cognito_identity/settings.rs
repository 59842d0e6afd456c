//! What CreateIdentityPool and UpdateIdentityPool say of a pool, and what it may be.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, unsupported};
use crate::identitypools::developer;
use crate::identitypools::pool::{CognitoProvider, IdentityPoolConfiguration};
use crate::operation;

/// How many user pools' clients a pool trusts at most (developer guide, "Quotas in Amazon Cognito").
const MOST_PROVIDERS: usize = 50;

/// The members that both have.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Settings {
    pub identity_pool_name: String,
    allow_unauthenticated_identities: bool,
    #[serde(default)]
    allow_classic_flow: bool,
    developer_provider_name: Option<String>,
    #[serde(default)]
    cognito_identity_providers: Vec<CognitoProvider>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Settings {
    /// The configuration of a pool that has this one before. The name of a developer's provider stays once it is set.
    pub fn configuration(&self, before: &IdentityPoolConfiguration) -> Result<IdentityPoolConfiguration, Error> {
        if let Some(name) = operation::unsupported(&self.rest) {
            return Err(unsupported(name));
        }
        if self.cognito_identity_providers.len() > MOST_PROVIDERS {
            return Err(Error::LimitExceeded(format!("An identity pool has at most {MOST_PROVIDERS} CognitoIdentityProviders.")));
        }
        let name = developer::renamed(before.developer_provider_name.as_deref(), self.developer_provider_name.clone());
        Ok(IdentityPoolConfiguration {
            allow_unauthenticated_identities: self.allow_unauthenticated_identities,
            allow_classic_flow: self.allow_classic_flow,
            developer_provider_name: name.map_err(|refused| Error::InvalidParameter(refused.to_string()))?,
            cognito_identity_providers: self.cognito_identity_providers.clone(),
        })
    }
}
