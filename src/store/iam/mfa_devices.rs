//! Virtual MFA devices.

use crate::crypto::sealed::Sealed;
use crate::crypto::totp::TotpSeed;
use crate::iam::mfa::{Holder, MfaDevice};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::{Conn, StoreError, doc};

#[derive(sqlx::FromRow)]
struct DeviceRow {
    account_id: AccountId,
    device_id: UniqueId,
    serial_number: String,
    path: String,
    device_name: String,
    sealed_seed: Sealed<TotpSeed>,
    owner_id: Option<UniqueId>,
    enabled_at: Option<i64>,
    drift_steps: i64,
    last_step: i64,
    tags: String,
    created_at: i64,
}

impl TryFrom<DeviceRow> for MfaDevice {
    type Error = StoreError;

    fn try_from(row: DeviceRow) -> Result<Self, StoreError> {
        let holder = match (row.owner_id, row.enabled_at) {
            (Some(id), Some(since)) => Some(Holder { id, since: Timestamp::from_millis(since) }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(StoreError::corrupt("iam_mfa_devices", "enabled_at", &row.serial_number)),
        };
        Ok(Self {
            tags: doc::from_text("iam_mfa_devices", "tags", &row.serial_number, &row.tags)?,
            account_id: row.account_id,
            id: row.device_id,
            path: row.path,
            name: row.device_name,
            sealed_seed: row.sealed_seed,
            holder,
            drift_steps: row.drift_steps,
            last_step: row.last_step,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Inserts a device. One of the same path and name fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_mfa_device(tx: &mut Conn, device: &MfaDevice) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_mfa_devices (account_id, device_id, serial_number, path, device_name, sealed_seed, owner_id, enabled_at, \
                       drift_steps, last_step, tags, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let serial = device.serial();
    let (owner_id, enabled_at) = held(device);
    let tags = doc::to_text("iam_mfa_devices", "tags", serial.as_str(), &device.tags)?;
    execute!(
        tx,
        SQL,
        [
            &device.account_id,
            &device.id,
            serial.as_str(),
            &device.path,
            &device.name,
            &device.sealed_seed,
            owner_id,
            enabled_at,
            device.drift_steps,
            device.last_step,
            tags,
            device.created_at.millis()
        ]
    )
    .map(drop)
}

/// A device by its serial number.
///
/// # Errors
/// [`StoreError`].
pub async fn find_mfa_device(tx: &mut Conn, account_id: &AccountId, serial: &str) -> Result<Option<MfaDevice>, StoreError> {
    const SQL: &str = "SELECT account_id, device_id, serial_number, path, device_name, sealed_seed, owner_id, enabled_at, drift_steps, last_step, \
                       tags, created_at FROM iam_mfa_devices WHERE account_id = $1 AND serial_number = $2";
    fetch!(tx, fetch_optional, DeviceRow, SQL, [account_id, serial])?.map(MfaDevice::try_from).transpose()
}

/// The devices of a user or the root (eight at most, by quota).
///
/// # Errors
/// [`StoreError`].
pub async fn mfa_devices_of(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<Vec<MfaDevice>, StoreError> {
    const SQL: &str = "SELECT account_id, device_id, serial_number, path, device_name, sealed_seed, owner_id, enabled_at, drift_steps, last_step, \
                       tags, created_at FROM iam_mfa_devices WHERE account_id = $1 AND owner_id = $2 ORDER BY device_id LIMIT 100";
    fetch!(tx, fetch_all, DeviceRow, SQL, [account_id, owner_id])?.into_iter().map(MfaDevice::try_from).collect()
}

/// A page of an account's devices, after `after`: of all, or of those only that somebody has, or that nobody has.
///
/// # Errors
/// [`StoreError`].
pub async fn list_mfa_devices(
    tx: &mut Conn,
    account_id: &AccountId,
    assigned: Option<bool>,
    after: &str,
    limit: i64,
) -> Result<Vec<MfaDevice>, StoreError> {
    const SQL: &str = "SELECT account_id, device_id, serial_number, path, device_name, sealed_seed, owner_id, enabled_at, drift_steps, last_step, \
                       tags, created_at FROM iam_mfa_devices WHERE account_id = $1 AND device_id > $2 \
                       AND ($3 <> 'assigned' OR owner_id IS NOT NULL) AND ($3 <> 'unassigned' OR owner_id IS NULL) \
                       ORDER BY device_id LIMIT $4";
    let which = match assigned {
        None => "any",
        Some(true) => "assigned",
        Some(false) => "unassigned",
    };
    fetch!(tx, fetch_all, DeviceRow, SQL, [account_id, after, which, limit])?.into_iter().map(MfaDevice::try_from).collect()
}

/// How many devices an account has.
///
/// # Errors
/// [`StoreError`].
pub async fn count_mfa_devices(tx: &mut Conn, account_id: &AccountId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM iam_mfa_devices WHERE account_id = $1";
    scalar!(tx, fetch_one, i64, SQL, [account_id])
}

/// Replaces what can be changed of a device: who has it, its clock and its tags.
///
/// # Errors
/// [`StoreError`].
pub async fn update_mfa_device(tx: &mut Conn, device: &MfaDevice) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_mfa_devices SET owner_id = $3, enabled_at = $4, drift_steps = $5, last_step = $6, tags = $7 \
                       WHERE account_id = $1 AND serial_number = $2";
    let serial = device.serial();
    let (owner_id, enabled_at) = held(device);
    let tags = doc::to_text("iam_mfa_devices", "tags", serial.as_str(), &device.tags)?;
    execute!(tx, SQL, [&device.account_id, serial.as_str(), owner_id, enabled_at, device.drift_steps, device.last_step, tags]).map(drop)
}

/// Notes that the code of a step was used by whoever has the device; `false` if it was used before, or the device is theirs no more.
/// Of two that come at once one is.
///
/// # Errors
/// [`StoreError`].
pub async fn use_mfa_step(tx: &mut Conn, device: &MfaDevice, owner_id: &UniqueId, step: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE iam_mfa_devices SET last_step = $4 \
                       WHERE account_id = $1 AND serial_number = $2 AND owner_id = $3 AND last_step < $4";
    let serial = device.serial();
    Ok(execute!(tx, SQL, [&device.account_id, serial.as_str(), owner_id, step])? == 1)
}

/// Takes a device from whoever has it.
///
/// # Errors
/// [`StoreError`].
pub async fn disable_mfa_device(tx: &mut Conn, device: &MfaDevice) -> Result<(), StoreError> {
    update_mfa_device(tx, &MfaDevice { holder: None, ..device.clone() }).await
}

/// Deletes a device.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_mfa_device(tx: &mut Conn, device: &MfaDevice) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_mfa_devices WHERE account_id = $1 AND serial_number = $2";
    let serial = device.serial();
    execute!(tx, SQL, [&device.account_id, serial.as_str()]).map(drop)
}

fn held(device: &MfaDevice) -> (Option<&UniqueId>, Option<i64>) {
    (device.holder.as_ref().map(|holder| &holder.id), device.holder.as_ref().map(|holder| holder.since.millis()))
}
