//! PutRolePolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::inline_policies::{Bound, InlinePolicy, ROLE_POLICY_CHARACTERS};
use crate::context::Context;
use crate::iam::entity::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

asks_about_role!(Request, by their boundary);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    let policy = InlinePolicy::read(&request.policy_name, &request.policy_document)?;
    cx.write(async |tx| {
        get_role::still(tx, &role).await?;
        policy.put(cx, tx, &role.id, &Bound { characters: ROLE_POLICY_CHARACTERS, whose: &role.name }).await
    })
    .await?;
    Ok(Response {})
}
