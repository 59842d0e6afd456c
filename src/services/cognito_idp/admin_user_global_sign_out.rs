//! AdminUserGlobalSignOut.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::find_user;
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let user = find_user(cx, &pool, &request.username).await?;
    cx.write(async |tx| store::tokens::revoke_all(tx, &pool.id, &user.id, cx.now()).await).await?;
    Ok(Response {})
}
