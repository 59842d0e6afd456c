//! TagMFADevice: a tag takes the place of one whose key differs in capitals only.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{mfa_device, tags};
use crate::context::Context;
use crate::iam::entity::Tag;
use crate::iam::mfa::MfaDevice;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    serial_number: String,
    tags: Vec<Tag>,
}

impl Asks for Request {
    type Found = MfaDevice;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<MfaDevice>, Fault> {
        Ok(mfa_device::found(cx, &self.serial_number).await?.asking(|ask| ask.request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, _: MfaDevice, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let now = mfa_device::still(tx, cx, &request.serial_number).await?;
        let tags = tags::merged(&now.tags, &request.tags)?;
        Ok::<_, Error>(store::iam::update_mfa_device(tx, &MfaDevice { tags, ..now }).await?)
    })
    .await?;
    Ok(Response {})
}
