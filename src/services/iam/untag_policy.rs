//! UntagPolicy: keys that it does not have are no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{managed_policy, tags};
use crate::context::Context;
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = ManagedPolicy;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<ManagedPolicy>, Fault> {
        Ok(managed_policy::found(cx, &self.policy_arn).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let (account_id, policy) = managed_policy::still(tx, &policy).await?;
        let tags = tags::without(policy.tags.clone(), &request.tag_keys);
        Ok::<_, Error>(store::iam::update_managed_policy(tx, &account_id, &ManagedPolicy { tags, ..policy }).await?)
    })
    .await?;
    Ok(Response {})
}
