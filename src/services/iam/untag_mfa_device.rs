//! UntagMFADevice: keys that there are no tags of are no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{mfa_device, tags};
use crate::context::Context;
use crate::iam::mfa::MfaDevice;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    serial_number: String,
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = MfaDevice;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<MfaDevice>, Fault> {
        Ok(mfa_device::found(cx, &self.serial_number).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, _: MfaDevice, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let mut now = mfa_device::still(tx, cx, &request.serial_number).await?;
        now.tags = tags::without(now.tags, &request.tag_keys);
        store::iam::update_mfa_device(tx, &now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
