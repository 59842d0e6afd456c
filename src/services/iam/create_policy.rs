//! CreatePolicy.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::policy_answers::PolicyAnswer;
use super::{policy_document, tags};
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::entity::Tag;
use crate::iam::managed_policy::{ManagedPolicy, Uses};
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

/// How many policies an account has at most.
///
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const POLICIES_PER_ACCOUNT: i64 = 1500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        let path = self.path.as_deref().unwrap_or("/");
        let ask = Ask::on(Arn::policy(cx.account_id.as_str(), path, &self.policy_name));
        Ok(Resolved::one(Ok(()), ask.request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy: PolicyAnswer,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    tags::check(&request.tags)?;
    policy_document::check(&request.policy_document)?;
    let now = cx.now();
    let policy = ManagedPolicy {
        account_id: Some(cx.account_id.clone()),
        name: request.policy_name,
        id: ids::unique_id("ANPA", &mut cx.rng()),
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        description: request.description,
        default_version: 1,
        last_version: 1,
        tags: request.tags,
        created_at: now,
        updated_at: now,
    };
    cx.write(async |tx| {
        match store::iam::insert_managed_policy(tx, &cx.account_id, &policy, &request.policy_document).await {
            Err(error) if error.is_unique_violation() => {
                let message = format!("A policy called {} already exists. Duplicate names are not allowed.", policy.name);
                return Err(Error::EntityAlreadyExists(message));
            }
            outcome => outcome?,
        }
        if store::iam::count_managed_policies(tx, &cx.account_id, POLICIES_PER_ACCOUNT + 1).await? > POLICIES_PER_ACCOUNT {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for PoliciesPerAccount: {POLICIES_PER_ACCOUNT}")));
        }
        Ok(())
    })
    .await?;
    Ok(Response { policy: PolicyAnswer::of(policy, Uses::default()) })
}
