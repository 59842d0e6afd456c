//! ListMFADevices: those of a user, or of the caller, paged.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::mfa_device::DeviceAnswer;
use super::owner::{self, Owner};
use super::pages::Asked;
use crate::context::Context;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
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
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(rename = "MFADevices")]
    devices: Vec<DeviceAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    let owner_id = owner.id();
    let devices = cx.read(async |tx| store::iam::mfa_devices_of(tx, &cx.account_id, &owner_id).await).await?;
    let place = ["iam:ListMFADevices", cx.account_id.as_str(), owner_id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let (devices, marker) = asked.of_whole(cx, &place, devices, |device| device.id.to_string())?;
    let devices = devices.iter().filter_map(|device| DeviceAnswer::of(&owner, device)).collect();
    Ok(Response { devices, is_truncated: marker.is_some(), marker })
}
