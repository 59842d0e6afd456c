//! PutRolePermissionsBoundary: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{boundaries, get_role};
use crate::context::Context;
use crate::iam::entity::Role;
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    permissions_boundary: String,
}

impl Asks for Request {
    type Found = (Role, ManagedPolicy);

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault> {
        boundaries::with_new(cx, get_role::found(cx, &self.role_name).await?, &self.permissions_boundary).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (role, policy): (Role, ManagedPolicy), _: Request) -> Result<Response, Error> {
    boundaries::put(cx, &role, &policy).await?;
    Ok(Response {})
}
