//! SetDefaultPolicyVersion: holds at once on this node, and within a second on every other, for whomever has the policy.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::managed_policy;
use crate::context::Context;
use crate::iam::managed_policy::{ManagedPolicy, version_number};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    version_id: String,
}

asks_about_policy!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let (account_id, policy) = managed_policy::still(tx, &policy).await?;
        let missing = || managed_policy::no_version(&policy, &request.version_id);
        let number = version_number(&request.version_id).ok_or_else(missing)?;
        store::iam::find_version(tx, &account_id, &policy.id, number).await?.ok_or_else(missing)?;
        let policy = ManagedPolicy { default_version: number, ..policy };
        Ok::<_, Error>(store::iam::update_managed_policy(tx, &account_id, &policy).await?)
    })
    .await?;
    Ok(Response {})
}
