//! ResyncMFADevice: two codes, one after the other, set the clock of a device that a user has.

use serde::Serialize;

use super::errors::Error;
use super::mfa_device::{self, TwoCodes};
use super::owner::Owner;
use crate::context::Context;
use crate::store;

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, owner: Owner, request: TwoCodes) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        let device = mfa_device::held_by(tx, cx, &owner.id(), &request.serial_number).await?;
        let set = mfa_device::synchronized(cx, &device, &request)?;
        Ok::<_, Error>(store::iam::update_mfa_device(tx, &set).await?)
    })
    .await?;
    Ok(Response {})
}
