//! AdminEnableUser: a disabled user may sign in again; what was revoked stays so.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
    cx.write(async |tx| {
        let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::UserNotFound)?;
        Ok::<_, Error>(store::users::set_enabled(tx, &user, true, cx.now()).await?)
    })
    .await?;
    Ok(Response {})
}
