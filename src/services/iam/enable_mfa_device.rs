//! EnableMFADevice: two codes, one after the other, say that the user has the device, and set its clock.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::mfa_device::{self, PER_USER};
use super::owner::Owner;
use crate::context::Context;
use crate::iam::mfa::{Holder, MfaDevice};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    serial_number: String,
    authentication_code1: String,
    authentication_code2: String,
}

asks_about_mfa_holder!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        let device = mfa_device::still(tx, cx, &request.serial_number).await?;
        if device.holder.is_some() {
            return Err(Error::EntityAlreadyExists("MFA Device is already in use.".to_owned()));
        }
        if store::iam::mfa_devices_of(tx, &cx.account_id, &owner.id()).await?.len() >= PER_USER {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for MFADevicesPerUser: {PER_USER}")));
        }
        let set = mfa_device::synchronized(cx, &device, &request.authentication_code1, &request.authentication_code2)?;
        let holder = Some(Holder { id: owner.id(), since: cx.now() });
        Ok(store::iam::update_mfa_device(tx, &MfaDevice { holder, ..set }).await?)
    })
    .await?;
    Ok(Response {})
}
