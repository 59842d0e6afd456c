//! ListMFADeviceTags, by key, paged.

use serde::Deserialize;

use super::errors::Error;
use super::pages::Asked;
use super::tags::TagsAnswer;
use crate::context::Context;
use crate::iam::mfa::MfaDevice;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    serial_number: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_mfa_device!(Request);

pub async fn handle(cx: &Context, device: MfaDevice, request: Request) -> Result<TagsAnswer, Error> {
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    TagsAnswer::page(cx, &device.id, device.tags, &asked)
}
