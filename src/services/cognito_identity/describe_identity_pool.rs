//! DescribeIdentityPool.

use serde::{Deserialize, Serialize};

use super::errors::{Error, own_pool};
use crate::context::Context;
use crate::identitypools::pool::{CognitoProvider, IdentityPool};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: String,
}

/// An identity pool as answers give it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pool_id: String,
    identity_pool_name: String,
    allow_unauthenticated_identities: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cognito_identity_providers: Vec<CognitoProvider>,
}

impl From<IdentityPool> for Response {
    fn from(pool: IdentityPool) -> Self {
        Self {
            identity_pool_id: pool.id,
            identity_pool_name: pool.name,
            allow_unauthenticated_identities: pool.configuration.allow_unauthenticated_identities,
            cognito_identity_providers: pool.configuration.cognito_identity_providers,
        }
    }
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    Ok(own_pool(cx, &request.identity_pool_id).await?.into())
}
