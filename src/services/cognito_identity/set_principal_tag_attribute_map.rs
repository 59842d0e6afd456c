//! SetPrincipalTagAttributeMap: which claims of a provider's tokens become which tags. One that says nothing takes the map away.

use serde::Deserialize;

use super::errors::{Error, found_pool_among_all, no_pool};
use super::get_principal_tag_attribute_map::Response;
use crate::context::Context;
use crate::identitypools::pool::{IdentityPool, IdentityPoolConfiguration};
use crate::identitypools::principal_tags::{AttributeMap, Tags};
use crate::identitypools::provider;
use crate::kit::id::IdentityPoolId;
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    identity_provider_name: String,
    #[serde(default)]
    use_defaults: bool,
    #[serde(default)]
    principal_tags: Tags,
}

asks!(Request => IdentityPool, |asked, cx| found_pool_among_all(cx, &asked.identity_pool_id).await);

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    if request.use_defaults && !request.principal_tags.is_empty() {
        return Err(Error::InvalidParameter("PrincipalTags are for maps that are not the default.".to_owned()));
    }
    let map = if request.use_defaults {
        AttributeMap::usual()
    } else {
        AttributeMap { use_defaults: false, principal_tags: request.principal_tags }
    };
    map.check().map_err(|refused| Error::InvalidParameter(refused.to_string()))?;
    cx.write(async |tx| {
        let now = identity_pools::find(tx, &pool.id).await?.ok_or_else(|| no_pool(&pool.id))?;
        let name = provider_named(cx, &now.configuration, &request.identity_provider_name)?;
        let mut maps = now.principal_tags;
        // Of providers that the pool has no more, nothing is kept.
        maps.retain(|other, _| *other != name && provider_named(cx, &now.configuration, other).is_ok());
        if !map.principal_tags.is_empty() {
            maps.insert(name, map.clone());
        }
        Ok::<_, Error>(identity_pools::set_principal_tags(tx, &pool.id, &maps, cx.now()).await?)
    })
    .await?;
    Ok(Response::of(&pool, request.identity_provider_name, map))
}

/// The one name of a provider of a pool.
pub fn provider_named(cx: &Context, configuration: &IdentityPoolConfiguration, name: &str) -> Result<String, Error> {
    let is_own = |known: &String| configuration.clients_of(known, &cx.public_url).next().is_some();
    provider::canonical(name, &cx.public_url)
        .filter(is_own)
        .ok_or_else(|| Error::ResourceNotFound(format!("'{name}' is no provider of this identity pool.")))
}
