//! DeleteCIMDPolicy: what was fetched for it goes with it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cimd_answer;
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    #[serde(rename = "CIMDPolicyId")]
    cimd_policy_id: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let policy = cimd_answer::find(tx, &pool, &request.cimd_policy_id).await?;
        store::client_metadata::delete(tx, &pool.id, &policy.id).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
