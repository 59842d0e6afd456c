//! DeleteResourceServer: no token gets its scopes any more, whatever clients still list.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::resource_server_answer::missing;
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

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let is_deleted = cx.write(async |tx| store::resource_servers::delete(tx, &pool.id, &request.identifier).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(missing(&request.identifier)) }
}
