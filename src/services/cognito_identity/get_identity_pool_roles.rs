//! GetIdentityPoolRoles.

use serde::{Deserialize, Serialize};

use super::errors::{Error, found_pool};
use crate::context::Context;
use crate::identitypools::pool::{IdentityPool, Roles};
use crate::identitypools::role_choice::RoleMappings;
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

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pool_id: IdentityPoolId,
    #[serde(skip_serializing_if = "Roles::is_empty")]
    roles: Roles,
    #[serde(skip_serializing_if = "RoleMappings::is_empty")]
    role_mappings: RoleMappings,
}

pub async fn handle(_: &Context, pool: IdentityPool, _: Request) -> Result<Response, Error> {
    Ok(Response { identity_pool_id: pool.id, roles: pool.roles, role_mappings: pool.role_mappings })
}
