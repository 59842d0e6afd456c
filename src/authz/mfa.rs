//! Who shows a code of their MFA device. A code serves once, and tries are counted for whoever they were for.

use crate::context::App;
use crate::crypto::digest::hex;
use crate::iam::mfa::MfaDevice;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::attempts::Target;
use crate::store::{self, StoreError};
use crate::userpools::lockout::Factor;

/// Why a code is not taken.
#[derive(Debug, thiserror::Error)]
pub enum CodeRefused {
    /// They have no such device.
    #[error("no such device")]
    NoDevice,
    /// It is none of the device's of this moment, or was used.
    #[error("the code is wrong, or was used")]
    Wrong,
    /// It was tried too often: nothing was judged.
    #[error("too many tries")]
    Locked,
    /// Our own failure.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// When a user, or the root, has shown a code of the device of this serial number, or without one of any that they have.
///
/// # Errors
/// [`CodeRefused`].
pub async fn prove_code(
    app: &App,
    account_id: &AccountId,
    owner_id: &UniqueId,
    serial: Option<&str>,
    code: &str,
) -> Result<Timestamp, CodeRefused> {
    let mut devices = app.read(async |tx| store::iam::mfa_devices_of(tx, account_id, owner_id).await).await?;
    devices.retain(|device| serial.is_none_or(|serial| device.serial() == *serial));
    if devices.is_empty() {
        return Err(CodeRefused::NoDevice);
    }
    let (target, now) = (target(app, account_id, owner_id), app.now());
    if !app.write(async |tx| store::iam::charge_attempt(tx, account_id, &target, Factor::Second, now).await).await? {
        return Err(CodeRefused::Locked);
    }
    let (device, step) = matching(app, &devices, code, now)?.ok_or(CodeRefused::Wrong)?;
    let is_first = app
        .write(async |tx| {
            let is_first = store::iam::use_mfa_step(tx, device, owner_id, step).await?;
            if is_first {
                store::iam::give_attempt_back(tx, account_id, &target, Factor::Second).await?;
            }
            Ok::<_, StoreError>(is_first)
        })
        .await?;
    if is_first { Ok(now) } else { Err(CodeRefused::Wrong) }
}

/// Whether somebody has a device: their sign-in wants a code then.
///
/// # Errors
/// [`StoreError`].
pub async fn has_device(app: &App, account_id: &AccountId, owner_id: &UniqueId) -> Result<bool, StoreError> {
    Ok(!app.read(async |tx| store::iam::mfa_devices_of(tx, account_id, owner_id).await).await?.is_empty())
}

fn matching<'a>(app: &App, devices: &'a [MfaDevice], code: &str, now: Timestamp) -> Result<Option<(&'a MfaDevice, i64)>, StoreError> {
    for device in devices {
        if let Some(step) = device.step_of(&app.keys.at_rest, code, now)? {
            return Ok(Some((device, step)));
        }
    }
    Ok(None)
}

/// What tries at somebody's codes are counted by: a name may be changed, who they are may not.
pub(super) fn target(app: &App, account_id: &AccountId, owner_id: &UniqueId) -> Target {
    Target::hashed(hex(&app.keys.nobody.keyed_hash(&["iam codes", account_id.as_str(), owner_id.as_str()])))
}
