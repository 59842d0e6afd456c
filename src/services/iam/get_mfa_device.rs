//! GetMFADevice: a device that somebody has.
//!
//! AWS tells of security keys only; we have none, and tell of virtual devices in their place.

use serde::Deserialize;

use super::errors::Error;
use super::mfa_device::{self, DeviceAnswer};
use super::owner::{self, Owner};
use crate::context::Context;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    serial_number: String,
    user_name: Option<String>,
}

impl Asks for Request {
    type Found = Owner;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Owner>, Fault> {
        match &self.user_name {
            Some(name) => owner::found_or_root(cx, name).await,
            None => owner::found(cx, None).await,
        }
    }
}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<DeviceAnswer, Error> {
    let device = cx.read(async |tx| mfa_device::held_by(tx, cx, &owner.id(), &request.serial_number).await).await?;
    DeviceAnswer::of(&owner, &device).ok_or_else(|| mfa_device::none(&request.serial_number))
}
