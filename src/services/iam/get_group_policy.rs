//! GetGroupPolicy: the text as it was put.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::inline_policies::OwnerKind;
use crate::context::Context;
use crate::iam::entity::Group;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    policy_name: String,
}

asks_about_group!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<Response, Error> {
    let policy_document = OwnerKind::Group.document(cx, &group.id, &request.policy_name).await?;
    Ok(Response { group_name: group.name, policy_name: request.policy_name, policy_document })
}
