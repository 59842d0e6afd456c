//! ConfirmDevice: a signed-in user's new device gets a secret, by which it is known from then on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::devices::{self, Confirmation, DeviceRefused};
use crate::flows::whence::ip_address;
use crate::userpools::device::DeviceStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    device_key: String,
    device_secret_verifier_config: Option<SecretVerifier>,
    device_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretVerifier {
    password_verifier: Option<String>,
    salt: Option<String>,
}

carries_access_token!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_confirmation_necessary: bool,
}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let given = request.device_secret_verifier_config.and_then(|config| Some((config.password_verifier?, config.salt?)));
    let (verifier, salt) = given.ok_or(DeviceRefused::BadSecret)?;
    let bytes = |text: &str| STANDARD.decode(text).map_err(|_| DeviceRefused::BadSecret);
    let confirmation = Confirmation {
        key: &request.device_key,
        salt: bytes(&salt)?,
        verifier: bytes(&verifier)?,
        name: request.device_name.as_deref(),
        ip_address: ip_address(&cx.origin),
    };
    let status = devices::confirm(cx, &holder, confirmation).await?;
    Ok(Response { user_confirmation_necessary: status == DeviceStatus::NotRemembered })
}
