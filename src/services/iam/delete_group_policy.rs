//! DeleteGroupPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::group;
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
pub struct Response {}

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        group::still(tx, &group).await?;
        OwnerKind::Group.delete(cx, tx, &group.id, &request.policy_name).await
    })
    .await?;
    Ok(Response {})
}
