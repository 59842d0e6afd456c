//! GetPolicy: without its text, which GetPolicyVersion gives.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::policy_answers::PolicyAnswer;
use crate::context::Context;
use crate::iam::managed_policy::ManagedPolicy;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
}

asks_about_policy!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy: PolicyAnswer,
}

pub async fn handle(cx: &Context, policy: ManagedPolicy, _: Request) -> Result<Response, Error> {
    let uses = cx.read(async |tx| store::iam::uses_of(tx, &cx.account_id, &policy.id).await).await?;
    Ok(Response { policy: PolicyAnswer::of(policy, uses) })
}
