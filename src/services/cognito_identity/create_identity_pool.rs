//! CreateIdentityPool.

use serde::Deserialize;

use super::describe_identity_pool::Response;
use super::errors::Error;
use super::settings::Settings;
use super::tag_resource::tags_of;
use crate::context::Context;
use crate::crypto::ids;
use crate::identitypools::pool::{IdentityPool, IdentityPoolConfiguration, Roles};
use crate::identitypools::principal_tags::{AttributeMaps, Tags};
use crate::identitypools::role_choice::RoleMappings;
use crate::identitypools::tags;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(default)]
    identity_pool_tags: Tags,
    #[serde(flatten)]
    settings: Settings,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, _: &Context) -> Result<Resolved<()>, Fault> {
        Ok(Resolved::everything().asking(|ask| ask.request_tags(&tags_of(&self.identity_pool_tags))))
    }
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let configuration = request.settings.configuration(&IdentityPoolConfiguration::default())?;
    let pool = IdentityPool {
        id: ids::identity_pool_id(&cx.region, &mut cx.rng()),
        account_id: cx.account_id.clone(),
        region: cx.region.clone(),
        name: request.settings.identity_pool_name,
        configuration,
        roles: Roles::new(),
        role_mappings: RoleMappings::new(),
        principal_tags: AttributeMaps::new(),
        tags: tags::merged(Tags::new(), request.identity_pool_tags)?,
        created_at: cx.now(),
    };
    cx.write(async |tx| store::identity_pools::insert(tx, &pool).await).await?;
    Ok(pool.into())
}
