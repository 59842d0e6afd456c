//! AttachGroupPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{attachments, group};
use crate::context::Context;
use crate::iam::entity::Group;
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    policy_arn: String,
}

impl Asks for Request {
    type Found = (Group, ManagedPolicy);

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault> {
        attachments::with_policy(cx, group::found_group(cx, &self.group_name).await?, &self.policy_arn).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (group, policy): (Group, ManagedPolicy), _: Request) -> Result<Response, Error> {
    attachments::attach(cx, &group, &policy).await?;
    Ok(Response {})
}
