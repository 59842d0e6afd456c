//! DeletePolicyVersion: any but the one that holds.

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
        if number == policy.default_version {
            return Err(Error::DeleteConflict("Cannot delete the default version of a policy."));
        }
        let was_there = store::iam::delete_version(tx, &account_id, &policy.id, number).await?;
        if was_there { Ok(()) } else { Err(missing()) }
    })
    .await?;
    Ok(Response {})
}
