//! DeleteUserPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::inline_policies::OwnerKind;
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    policy_name: String,
}

impl Asks for Request {
    type Found = User;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<User>, Fault> {
        owner::found_user(cx, &self.user_name).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    OwnerKind::User.delete(cx, &user.id, &request.policy_name).await?;
    Ok(Response {})
}
