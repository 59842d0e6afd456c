//! EnableMFADevice: two codes, one after the other, say that the user has the device, and set its clock.

use serde::Serialize;

use super::errors::Error;
use super::mfa_device::{self, PER_USER, TwoCodes};
use super::owner::Owner;
use crate::context::Context;
use crate::iam::mfa::{Holder, MfaDevice};
use crate::store;

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, owner: Owner, request: TwoCodes) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        let device = mfa_device::still(tx, cx, &request.serial_number).await?;
        if device.holder.is_some() {
            return Err(Error::EntityAlreadyExists("MFA Device is already in use.".to_owned()));
        }
        if store::iam::mfa_devices_of(tx, &cx.account_id, &owner.id()).await?.len() >= PER_USER {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for MFADevicesPerUser: {PER_USER}")));
        }
        let set = mfa_device::synchronized(cx, &device, &request)?;
        let holder = Some(Holder { id: owner.id(), since: cx.now() });
        Ok(store::iam::update_mfa_device(tx, &MfaDevice { holder, ..set }).await?)
    })
    .await?;
    Ok(Response {})
}
