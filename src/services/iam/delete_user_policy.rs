//! DeleteUserPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::inline_policies::OwnerKind;
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    policy_name: String,
}

asks_about_user!(Request, by their boundary);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner::still(tx, &user).await?;
        OwnerKind::User.delete(cx, tx, &user.id, &request.policy_name).await
    })
    .await?;
    Ok(Response {})
}
