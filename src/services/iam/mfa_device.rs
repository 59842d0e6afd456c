//! MFA devices, as operations find and give them.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::{self, Owner};
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::User;
use crate::iam::mfa::{MfaDevice, NotInStep};
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;
use crate::operation::{Ask, Fault, Resolved};
use crate::store::{self, Conn, StoreError};

/// How many devices a user may have (IAM user guide, "IAM and STS quotas").
pub const PER_USER: usize = 8;

/// A device of the caller's account, by its serial number; what is asked is asked of the device.
pub async fn found(cx: &Context, serial: &str) -> Result<Resolved<MfaDevice>, Fault> {
    Ok(match cx.read(async |tx| store::iam::find_mfa_device(tx, &cx.account_id, serial).await).await? {
        Some(device) => {
            let ask = Ask::on(device.serial()).resource_tags(&device.tags);
            Resolved::one(Ok(device), ask)
        }
        None => {
            let name = serial.rsplit('/').next().unwrap_or(serial);
            Resolved::one(Err(none(serial).into()), Ask::on(Arn::mfa_device(&cx.account_id, "/", name)))
        }
    })
}

/// The request asks about the device of its `serial_number`.
macro_rules! asks_about_mfa_device {
    ($request:ty) => {
        asks!($request => $crate::iam::mfa::MfaDevice, |asked, cx| $crate::services::iam::mfa_device::found(cx, &asked.serial_number).await);
    };
}

/// The request asks about who is to have, or has, a device: the user of its `user_name`; the root, for itself.
macro_rules! asks_about_mfa_holder {
    ($request:ty) => {
        asks!($request => $crate::services::iam::owner::Owner, |asked, cx| $crate::services::iam::owner::found_or_root(cx, &asked.user_name).await);
    };
}

/// A request that shows two codes of a device, one after the other: EnableMFADevice, ResyncMFADevice.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TwoCodes {
    user_name: String,
    /// The device.
    pub serial_number: String,
    authentication_code1: String,
    authentication_code2: String,
}

asks_about_mfa_holder!(TwoCodes);

/// There is no such device in the account.
pub fn none(serial: &str) -> Error {
    Error::NoSuchEntity(format!("VirtualMFADevice with serial number {serial} does not exist."))
}

/// A device as the transaction finds it.
pub async fn still(tx: &mut Conn, cx: &Context, serial: &str) -> Result<MfaDevice, Error> {
    store::iam::find_mfa_device(tx, &cx.account_id, serial).await?.ok_or_else(|| none(serial))
}

/// A device that somebody has, as the transaction finds it.
pub async fn held_by(tx: &mut Conn, cx: &Context, owner_id: &UniqueId, serial: &str) -> Result<MfaDevice, Error> {
    let device = still(tx, cx, serial).await?;
    let is_theirs = device.holder.as_ref().is_some_and(|holder| holder.id == *owner_id);
    if is_theirs { Ok(device) } else { Err(Error::NoSuchEntity("MFA Device invalid for user.".to_owned())) }
}

/// A device whose clock is set by the codes that a request shows.
pub fn synchronized(cx: &Context, device: &MfaDevice, shown: &TwoCodes) -> Result<MfaDevice, Error> {
    let codes = (shown.authentication_code1.as_str(), shown.authentication_code2.as_str());
    let set = device.synchronized(&cx.keys.at_rest, codes, cx.now()).map_err(StoreError::from)?;
    set.map_err(|NotInStep| Error::InvalidAuthenticationCode)
}

/// A device that somebody has, as lists give it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceAnswer {
    user_name: String,
    serial_number: Arn,
    enable_date: Timestamp,
}

impl DeviceAnswer {
    /// Of whoever has it; `None` while nobody does.
    pub fn of(owner: &Owner, device: &MfaDevice) -> Option<Self> {
        let enable_date = device.holder.as_ref()?.since;
        Some(Self { user_name: owner.name().to_owned(), serial_number: device.serial(), enable_date })
    }
}

/// Who has a device, as answers give them.
pub async fn holder(tx: &mut Conn, cx: &Context, device: &MfaDevice) -> Result<Option<User>, StoreError> {
    let Some(holder) = &device.holder else { return Ok(None) };
    if holder.id == UniqueId::of_root(&cx.account_id) {
        return Ok(Some(owner::root_as_user(cx.account_id.clone())));
    }
    store::iam::find_user_by_id(tx, &cx.account_id, &holder.id).await
}

#[cfg(test)]
mod tests;
