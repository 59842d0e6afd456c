//! GetPrincipalTagAttributeMap: which claims of a provider's tokens become which tags.

use serde::{Deserialize, Serialize};

use super::errors::{Error, found_pool_among_all};
use super::set_principal_tag_attribute_map::provider_named;
use crate::context::Context;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::{AttributeMap, Tags};
use crate::kit::id::IdentityPoolId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    identity_provider_name: String,
}

asks!(Request => IdentityPool, |asked, cx| found_pool_among_all(cx, &asked.identity_pool_id).await);

/// An attribute map as answers give it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pool_id: IdentityPoolId,
    identity_provider_name: String,
    use_defaults: bool,
    #[serde(skip_serializing_if = "Tags::is_empty")]
    principal_tags: Tags,
}

impl Response {
    /// The answer about a provider, by the name that it was asked about by.
    pub fn of(pool: &IdentityPool, identity_provider_name: String, map: AttributeMap) -> Self {
        let AttributeMap { use_defaults, principal_tags } = map;
        Self { identity_pool_id: pool.id.clone(), identity_provider_name, use_defaults, principal_tags }
    }
}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    let name = provider_named(cx, &pool.configuration, &request.identity_provider_name)?;
    let map = pool.principal_tags.get(&name).cloned().unwrap_or_default();
    Ok(Response::of(&pool, request.identity_provider_name, map))
}
