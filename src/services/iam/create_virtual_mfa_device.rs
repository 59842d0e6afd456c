//! CreateVirtualMFADevice: the one time that its seed is shown, as text and as a QR code.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::tags;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::Tag;
use crate::iam::mfa::MfaDevice;
use crate::kit::qr;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store::{self, StoreError};

/// As many as the account may have users (IAM user guide, "IAM and STS quotas").
const PER_ACCOUNT: i64 = 5000;

/// So many points of the picture to a module of the code.
const MODULE: usize = 6;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    path: Option<String>,
    #[serde(rename = "VirtualMFADeviceName")]
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Request {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("/")
    }
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        let ask = Ask::on(Arn::mfa_device(&cx.account_id, self.path(), &self.name)).request_tags(&self.tags);
        Ok(Resolved::one(Ok(()), ask))
    }
}

#[derive(Serialize)]
pub struct Response {
    #[serde(rename = "VirtualMFADevice")]
    device: NewDevice,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewDevice {
    serial_number: Arn,
    base32_string_seed: String,
    #[serde(rename = "QRCodePNG")]
    qr_code: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    tags::check(&request.tags)?;
    let named = (request.path().to_owned(), request.name);
    let issued = MfaDevice::issue(&cx.keys.at_rest, &cx.account_id, named, request.tags, cx.now(), &mut cx.rng());
    let (device, seed) = issued.map_err(StoreError::from)?;
    cx.write(async |tx| {
        if store::iam::count_mfa_devices(tx, &cx.account_id).await? >= PER_ACCOUNT {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for VirtualMFADevicesPerAccount: {PER_ACCOUNT}")));
        }
        match store::iam::insert_mfa_device(tx, &device).await {
            Err(error) if error.is_unique_violation() => {
                Err(Error::EntityAlreadyExists("MFADevice entity at the same path and name already exists.".to_owned()))
            }
            outcome => Ok(outcome?),
        }
    })
    .await?;
    let seed = seed.to_base32();
    // As the API reference describes the code.
    let text = zeroize::Zeroizing::new(format!("otpauth://totp/{}@{}?secret={}", device.name, cx.account_id, seed.as_str()));
    Ok(Response {
        device: NewDevice {
            serial_number: device.serial(),
            base32_string_seed: STANDARD.encode(seed.as_bytes()),
            qr_code: STANDARD.encode(qr::png(&text, MODULE)),
            tags: device.tags,
        },
    })
}
