//! ListVirtualMFADevices: those of the account, with who has them, paged.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::mfa_device;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::kit::clock::Timestamp;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    assignment_status: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(rename = "VirtualMFADevices")]
    devices: Vec<Listed>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    serial_number: Arn,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_date: Option<Timestamp>,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let status = request.assignment_status.as_deref().unwrap_or("Any");
    let assigned = match status {
        "Assigned" => Some(true),
        "Unassigned" => Some(false),
        _ => None,
    };
    let place = ["iam:ListVirtualMFADevices", cx.account_id.as_str(), status];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    let found = cx
        .read(async |tx| {
            let mut found = Vec::new();
            for device in store::iam::list_mfa_devices(tx, &cx.account_id, assigned, &after, asked.limit() + 1).await? {
                let user = mfa_device::holder(tx, cx, &device).await?;
                found.push((device, user));
            }
            Ok::<_, Error>(found)
        })
        .await?;
    let (found, marker) = asked.cut(cx, &place, found, |(device, _)| device.id.to_string())?;
    let devices = found.into_iter().map(|(device, user)| Listed {
        serial_number: device.serial(),
        user: user.map(UserAnswer::listed_with_use),
        enable_date: device.holder.map(|holder| holder.since),
    });
    Ok(Response { devices: devices.collect(), is_truncated: marker.is_some(), marker })
}
