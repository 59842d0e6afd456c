//! DeletePolicy: nobody may have it any more, and of its versions none may be left but the one that holds.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::managed_policy;
use crate::context::Context;
use crate::iam::managed_policy::{ManagedPolicy, Uses};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
}

asks_about_policy!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, policy: ManagedPolicy, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let (account_id, policy) = managed_policy::still(tx, &policy).await?;
        // SECURITY: whom a policy bounds would be bound by nothing that anybody could read.
        if store::iam::uses_of(tx, &account_id, &policy.id).await? != Uses::default() {
            return Err(Error::DeleteConflict("Cannot delete a policy attached to entities."));
        }
        if store::iam::versions_of(tx, &account_id, &policy.id).await?.len() > 1 {
            return Err(Error::DeleteConflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
                 The default version is deleted with the policy.",
            ));
        }
        Ok(store::iam::delete_managed_policy(tx, &account_id, &policy.id).await?)
    })
    .await?;
    Ok(Response {})
}
