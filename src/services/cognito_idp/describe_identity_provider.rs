//! DescribeIdentityProvider.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::{Error, no_such_provider};
use super::provider_answer::Response;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    provider_name: String,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let provider = cx.read(async |tx| store::identity_providers::find(tx, &pool.id, &request.provider_name).await).await?;
    Response::of(cx, provider.ok_or_else(|| no_such_provider(&request.provider_name))?)
}
