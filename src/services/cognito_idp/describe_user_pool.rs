//! DescribeUserPool.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pool_answer::PoolAnswer;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store::{self, StoreError};
use crate::userpools::pool::Pool;

/// Users are counted no further; from there on their number is estimated, to about a percent.
const COUNTED: i64 = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool: PoolAnswer,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    let read = cx.read(async |tx| {
        let users = store::users::estimate(tx, &pool.id, COUNTED).await?;
        Ok::<_, StoreError>((users, store::domains::of_pool(tx, &pool.id).await?))
    });
    let (users, domains) = read.await?;
    Ok(Response { user_pool: PoolAnswer::of(cx, &pool, users).at(domains) })
}
