//! DeleteUserPool.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::own_pool;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let pool = own_pool(cx, &request.user_pool_id).await?;
    if pool.configuration.deletion_protected {
        return Err(Error::parameter(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
        ));
    }
    cx.write(async |tx| store::user_pools::delete(tx, &pool.id).await).await?;
    // The pool's clients fall out of their cache with its age, and are of no use without the pool.
    cx.caches.pools.invalidate(&pool.id);
    cx.caches.pool_keys.invalidate(&pool.id);
    Ok(Response {})
}
