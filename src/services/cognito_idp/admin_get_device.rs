//! AdminGetDevice.

use std::sync::Arc;

use serde::Deserialize;

use super::device_answer::Response;
use super::errors::Error;
use crate::context::Context;
use crate::flows::devices::DeviceRefused;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    device_key: String,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let device = cx
        .read(async |tx| {
            // The model has no error of its own for a user who is not there.
            let user = store::users::find(tx, &pool, &request.username).await?.ok_or_else(Error::no_such_user_resource)?;
            let device = store::devices::find(tx, &pool.id, &user.id, &request.device_key).await?;
            device.ok_or_else(|| Error::from(DeviceRefused::NoSuchDevice))
        })
        .await?;
    Ok(device.into())
}
