//! DeleteRolePolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::inline_policies::OwnerKind;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_name: String,
}

impl Asks for Request {
    type Found = Role;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Role>, Fault> {
        get_role::found(cx, &self.role_name).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    OwnerKind::Role.delete(cx, &role.id, &request.policy_name).await?;
    Ok(Response {})
}
