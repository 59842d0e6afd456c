//! UpdateClientMetadataURLState: has a document fetched again before it is believed, or forgotten.

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
    #[serde(rename = "URL")]
    url: String,
    action: Action,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Action {
    Refresh,
    Invalidate,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let policy = cimd_answer::find(tx, &pool, &request.cimd_policy_id).await?;
        let was_there = match request.action {
            Action::Refresh => store::client_metadata::doubt(tx, &policy, &request.url, cx.now()).await?,
            Action::Invalidate => store::client_metadata::forget(tx, &policy, &request.url, cx.now()).await?,
        };
        if was_there { Ok(()) } else { Err(Error::CachedCimdUrlDoesNotExist) }
    })
    .await?;
    Ok(Response {})
}
