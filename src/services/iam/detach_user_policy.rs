//! DetachUserPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{attachments, owner};
use crate::context::Context;
use crate::iam::entity::User;
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    policy_arn: String,
}

impl Asks for Request {
    type Found = (User, ManagedPolicy);

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault> {
        attachments::with_policy(cx, owner::found_user(cx, &self.user_name).await?, &self.policy_arn).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (user, policy): (User, ManagedPolicy), _: Request) -> Result<Response, Error> {
    attachments::detach(cx, &user, &policy).await?;
    Ok(Response {})
}
