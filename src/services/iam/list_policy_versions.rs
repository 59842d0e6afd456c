//! ListPolicyVersions: the newest first, without their texts, paged.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::managed_policy;
use super::pages::Asked;
use super::policy_answers::VersionAnswer;
use crate::context::Context;
use crate::iam::managed_policy::{ManagedPolicy, PolicyVersion};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_policy!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    versions: Vec<VersionAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<Response, Error> {
    let place = ["iam:ListPolicyVersions", cx.account_id.as_str(), policy.id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let versions = cx.read(async |tx| managed_policy::versions(tx, &policy).await).await?;
    // Pages go up in their keys, and versions down in their numbers.
    let key = |version: &PolicyVersion| format!("{:019}", i64::MAX - version.number);
    let (versions, marker) = asked.of_whole(cx, &place, versions, key)?;
    let versions = versions.into_iter().map(|version| VersionAnswer::listed(&policy, version)).collect();
    Ok(Response { versions, is_truncated: marker.is_some(), marker })
}
