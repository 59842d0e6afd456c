//! DeleteRolePolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::inline_policies::OwnerKind;
use crate::context::Context;
use crate::iam::entity::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_name: String,
}

asks_about_role!(Request, by their boundary);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        get_role::still(tx, &role).await?;
        OwnerKind::Role.delete(cx, tx, &role.id, &request.policy_name).await
    })
    .await?;
    Ok(Response {})
}
