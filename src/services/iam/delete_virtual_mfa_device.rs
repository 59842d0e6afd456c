//! DeleteVirtualMFADevice: one that nobody has any more.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::mfa_device;
use crate::context::Context;
use crate::iam::mfa::MfaDevice;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    serial_number: String,
}

asks_about_mfa_device!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, _: MfaDevice, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let device = mfa_device::still(tx, cx, &request.serial_number).await?;
        if device.holder.is_some() {
            return Err(Error::DeleteConflict("MFA VirtualDevice in use. Must deactivate first."));
        }
        Ok(store::iam::delete_mfa_device(tx, &device).await?)
    })
    .await?;
    Ok(Response {})
}
