//! GetRolePolicy: the text as it was put.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::inline_policies::OwnerKind;
use crate::context::Context;
use crate::iam::entity::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_name: String,
}

asks_about_role!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    let policy_document = OwnerKind::Role.document(cx, &role.id, &request.policy_name).await?;
    Ok(Response { role_name: role.name, policy_name: request.policy_name, policy_document })
}
