//! GetIdentityPoolRoles.

use serde::{Deserialize, Serialize};

use super::errors::{Error, own_pool};
use crate::context::Context;
use crate::identitypools::pool::Roles;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pool_id: String,
    #[serde(skip_serializing_if = "Roles::is_empty")]
    roles: Roles,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let pool = own_pool(cx, &request.identity_pool_id).await?;
    Ok(Response { identity_pool_id: pool.id, roles: pool.roles })
}
