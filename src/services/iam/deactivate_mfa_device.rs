//! DeactivateMFADevice: takes a device from whoever has it; it can be enabled again.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::mfa_device;
use super::owner::{self, Owner};
use crate::context::Context;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    serial_number: String,
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

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        let device = mfa_device::held_by(tx, cx, &owner.id(), &request.serial_number).await?;
        Ok::<_, Error>(store::iam::disable_mfa_device(tx, &device).await?)
    })
    .await?;
    Ok(Response {})
}
