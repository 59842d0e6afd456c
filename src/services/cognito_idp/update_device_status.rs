//! UpdateDeviceStatus: a signed-in user has a device remembered, or not.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::devices::{self, Change};
use crate::userpools::device::DeviceStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    device_key: String,
    device_remembered_status: Option<DeviceStatus>,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let status = request.device_remembered_status.ok_or_else(|| Error::parameter("Missing required parameter DeviceRememberedStatus"))?;
    devices::change_own(cx, &holder, &request.device_key, Change::Mark(status)).await?;
    Ok(Response {})
}
