//! DescribeIdentityPool.

use serde::{Deserialize, Serialize};

use super::errors::{Error, found_pool};
use crate::context::Context;
use crate::identitypools::pool::{CognitoProvider, IdentityPool};
use crate::identitypools::principal_tags::Tags;
use crate::kit::id::IdentityPoolId;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
}

impl Asks for Request {
    type Found = IdentityPool;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<IdentityPool>, Fault> {
        found_pool(cx, &self.identity_pool_id).await
    }
}

/// An identity pool as answers give it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pool_id: IdentityPoolId,
    identity_pool_name: String,
    allow_unauthenticated_identities: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    allow_classic_flow: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    developer_provider_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cognito_identity_providers: Vec<CognitoProvider>,
    #[serde(skip_serializing_if = "Tags::is_empty")]
    identity_pool_tags: Tags,
}

impl From<IdentityPool> for Response {
    fn from(pool: IdentityPool) -> Self {
        Self {
            identity_pool_id: pool.id,
            identity_pool_name: pool.name,
            allow_unauthenticated_identities: pool.configuration.allow_unauthenticated_identities,
            allow_classic_flow: pool.configuration.allow_classic_flow,
            developer_provider_name: pool.configuration.developer_provider_name,
            cognito_identity_providers: pool.configuration.cognito_identity_providers,
            identity_pool_tags: pool.tags,
        }
    }
}

pub async fn handle(_: &Context, pool: IdentityPool, _: Request) -> Result<Response, Error> {
    Ok(pool.into())
}
