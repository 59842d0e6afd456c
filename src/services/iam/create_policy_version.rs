//! CreatePolicyVersion: as the default, it holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::policy_answers::VersionAnswer;
use super::{managed_policy, policy_document};
use crate::context::Context;
use crate::iam::managed_policy::{ManagedPolicy, PolicyVersion};
use crate::store;

/// How many versions a policy has at most.
///
/// Source: IAM user guide, "Versioning IAM policies".
pub const VERSIONS_PER_POLICY: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    policy_document: String,
    #[serde(default)]
    set_as_default: bool,
}

asks_about_policy!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy_version: VersionAnswer,
}

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<Response, Error> {
    policy_document::check(&request.policy_document)?;
    let policy = cx
        .write(async |tx| {
            let (account_id, mut policy) = managed_policy::still(tx, &policy).await?;
            if store::iam::versions_of(tx, &account_id, &policy.id).await?.len() >= VERSIONS_PER_POLICY {
                let message =
                    "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";
                return Err(Error::LimitExceeded(message.to_owned()));
            }
            policy.last_version += 1;
            policy.updated_at = cx.now();
            if request.set_as_default {
                policy.default_version = policy.last_version;
            }
            store::iam::insert_version(tx, &account_id, &policy, &request.policy_document).await?;
            store::iam::update_managed_policy(tx, &account_id, &policy).await?;
            Ok(policy)
        })
        .await?;
    let version = PolicyVersion { number: policy.last_version, document: request.policy_document, created_at: policy.updated_at };
    Ok(Response { policy_version: VersionAnswer::listed(&policy, version) })
}
