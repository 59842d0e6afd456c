//! ForgetDevice: the device proves nothing more, and its refresh tokens serve no more.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::devices::{self, Change};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: Option<String>,
    device_key: String,
}

carries_optional_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    devices::change_own(cx, &holder, &request.device_key, Change::Forget).await?;
    Ok(Response {})
}
