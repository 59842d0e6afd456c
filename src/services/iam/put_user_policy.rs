//! PutUserPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::inline_policies::{Bound, InlinePolicy, USER_POLICY_CHARACTERS};
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

asks_about_user!(Request, by their boundary);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    let policy = InlinePolicy::read(&request.policy_name, &request.policy_document)?;
    cx.write(async |tx| {
        owner::still(tx, &user).await?;
        policy.put(cx, tx, &user.id, &Bound { characters: USER_POLICY_CHARACTERS, whose: &user.name }).await
    })
    .await?;
    Ok(Response {})
}
