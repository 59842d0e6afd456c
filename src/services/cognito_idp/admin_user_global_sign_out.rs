//! AdminUserGlobalSignOut.

use serde::{Deserialize, Serialize};

use super::answers::find_user;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::own_pool;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    username: String,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let pool = own_pool(cx, &request.user_pool_id).await?;
    let user = find_user(cx, &pool, &request.username).await?;
    cx.write(async |tx| store::tokens::revoke_all(tx, &pool.id, &user.id, cx.now()).await).await?;
    Ok(Response {})
}
