//! DescribeResourceServer.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::resource_server_answer::{Response, missing};
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    identifier: String,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let found = cx.read(async |tx| store::resource_servers::find(tx, &pool.id, &request.identifier).await).await?;
    found.map(Response::from).ok_or_else(|| missing(&request.identifier))
}
