//! AdminConfirmSignUp: without a code, so no address becomes verified.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::flows::clients::own_pool;
use crate::store;
use crate::userpools::user::{User, UserStatus};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    username: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    let pool = own_pool(cx, &request.user_pool_id).await?;
    cx.write(async |tx| {
        let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::NoSuchUser)?;
        if user.status != UserStatus::Unconfirmed {
            let message = format!("User cannot be confirmed. Current status is {}", user.status.as_str());
            return Err(Error::NotAuthorized(message));
        }
        Ok(store::users::update(tx, &User { status: UserStatus::Confirmed, ..user }, cx.now()).await?)
    })
    .await?;
    Ok(Response {})
}
