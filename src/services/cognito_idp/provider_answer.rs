//! An identity provider as answers give it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::errors::Error;
use crate::config::Mode;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::StoreError;
use crate::userpools::identity_provider::{Details, IdentityProvider, ProviderSecrets, Reached, sealed_at};

/// IdentityProviderType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProviderAnswer {
    user_pool_id: UserPoolId,
    provider_name: String,
    provider_type: &'static str,
    provider_details: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attribute_mapping: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    idp_identifiers: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    acr_mapping: BTreeMap<String, String>,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
}

/// The answer that is a provider.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_provider: ProviderAnswer,
}

impl Response {
    /// A provider, its client secret included, as AWS answers it.
    pub fn of(cx: &Context, provider: IdentityProvider) -> Result<Self, Error> {
        let place = sealed_at(&provider.pool_id, &provider.name);
        let secrets = provider.sealed_secrets.as_ref().map(|sealed| cx.keys.at_rest.open(&place, sealed));
        let secrets: ProviderSecrets = secrets.transpose().map_err(StoreError::from)?.unwrap_or_default();
        let identity_provider = ProviderAnswer {
            provider_details: Details::told(&provider.configuration.details, secrets),
            user_pool_id: provider.pool_id,
            provider_name: provider.name,
            provider_type: provider.kind.as_str(),
            attribute_mapping: provider.configuration.attribute_mapping,
            idp_identifiers: provider.identifiers,
            acr_mapping: provider.configuration.acr_mapping,
            last_modified_date: provider.modified_at,
            creation_date: provider.created_at,
        };
        Ok(Self { identity_provider })
    }
}

/// Where providers may be: a developer's on this machine too.
pub fn reached(cx: &Context) -> Reached {
    match cx.mode {
        Mode::Dev => Reached::HereToo,
        Mode::Serve => Reached::Https,
    }
}
