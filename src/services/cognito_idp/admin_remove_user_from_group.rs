//! AdminRemoveUserFromGroup: the user's next tokens tell of it no more.

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
    group_name: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

/// Removing who is not in it is not an error.
pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::UserNotFound)?;
        let group = store::groups::find(tx, &pool.id, &request.group_name).await?.ok_or(Error::NoSuchGroup)?;
        Ok::<_, Error>(store::groups::remove_member(tx, &group, &user.id).await?)
    })
    .await?;
    Ok(Response {})
}
