//! AdminConfirmSignUp: without a code, so no address becomes verified.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::confirm_sign_up::ConfirmRefused;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};

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
        if user.status != UserStatus::Unconfirmed {
            return Err(ConfirmRefused::NotWaiting(user.status).into());
        }
        Ok::<_, Error>(store::users::update(tx, &User { status: UserStatus::Confirmed, ..user }, cx.now()).await?)
    })
    .await?;
    Ok(Response {})
}
