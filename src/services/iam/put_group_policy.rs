//! PutGroupPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::group;
use super::inline_policies::{Bound, GROUP_POLICY_CHARACTERS, InlinePolicy};
use crate::context::Context;
use crate::iam::entity::Group;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    policy_name: String,
    policy_document: String,
}

asks_about_group!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<Response, Error> {
    let policy = InlinePolicy::read(&request.policy_name, &request.policy_document)?;
    cx.write(async |tx| {
        group::still(tx, &group).await?;
        policy.put(cx, tx, &group.id, &Bound { characters: GROUP_POLICY_CHARACTERS, whose: &group.name }).await
    })
    .await?;
    Ok(Response {})
}
