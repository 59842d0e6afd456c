//! ResyncMFADevice: two codes, one after the other, set the clock of a device that a user has.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::mfa_device;
use super::owner::Owner;
use crate::context::Context;
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
        let device = mfa_device::held_by(tx, cx, &owner.id(), &request.serial_number).await?;
        let set = mfa_device::synchronized(cx, &device, &request.authentication_code1, &request.authentication_code2)?;
        Ok::<_, Error>(store::iam::update_mfa_device(tx, &set).await?)
    })
    .await?;
    Ok(Response {})
}
