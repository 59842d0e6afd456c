//! GetDevice.

use serde::Deserialize;

use super::device_answer::Response;
use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::devices::DeviceRefused;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: Option<String>,
    device_key: String,
}

carries_optional_access_token!(Request);

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let user = holder.user;
    let device = cx.read(async |tx| store::devices::find(tx, &user.pool_id, &user.id, &request.device_key).await).await?;
    Ok(device.ok_or(DeviceRefused::NoSuchDevice)?.into())
}
