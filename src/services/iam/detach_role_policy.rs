//! DetachRolePolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{attachments, get_role};
use crate::context::Context;
use crate::iam::entity::Role;
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_arn: String,
}

impl Asks for Request {
    type Found = (Role, ManagedPolicy);

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault> {
        attachments::with_policy(cx, get_role::found(cx, &self.role_name).await?, &self.policy_arn).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (role, policy): (Role, ManagedPolicy), _: Request) -> Result<Response, Error> {
    attachments::detach(cx, &role, &policy).await?;
    Ok(Response {})
}
