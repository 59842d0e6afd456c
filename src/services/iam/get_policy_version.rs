//! GetPolicyVersion: its text too.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::managed_policy;
use super::policy_answers::VersionAnswer;
use crate::context::Context;
use crate::iam::managed_policy::{ManagedPolicy, version_number};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    version_id: String,
}

asks_about_policy!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy_version: VersionAnswer,
}

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<Response, Error> {
    let versions = cx.read(async |tx| managed_policy::versions(tx, &policy).await).await?;
    let wanted = version_number(&request.version_id);
    let version = versions.into_iter().find(|version| Some(version.number) == wanted);
    let version = version.ok_or_else(|| managed_policy::no_version(&policy, &request.version_id))?;
    Ok(Response { policy_version: VersionAnswer::of(&policy, version) })
}
