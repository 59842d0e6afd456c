//! Devices of users, and the sign-ins that wait for one.

use super::{Conn, StoreError};
use crate::crypto::sealed::Sealed;
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::device::{Device, DeviceStatus};

#[derive(sqlx::FromRow)]
struct DeviceRow {
    pool_id: UserPoolId,
    user_id: UserId,
    device_key: String,
    device_group_key: String,
    salt: String,
    sealed_verifier: Sealed<Verifier>,
    device_name: Option<String>,
    status: String,
    last_ip_used: Option<String>,
    created_at: i64,
    modified_at: i64,
    authenticated_at: i64,
}

impl TryFrom<DeviceRow> for Device {
    type Error = StoreError;

    fn try_from(row: DeviceRow) -> Result<Self, StoreError> {
        Ok(Self {
            status: DeviceStatus::parse(&row.status).ok_or_else(|| StoreError::corrupt("user_devices", "status", &row.device_key))?,
            pool_id: row.pool_id,
            user_id: row.user_id,
            key: row.device_key,
            group_key: row.device_group_key,
            salt: row.salt,
            sealed_verifier: row.sealed_verifier,
            name: row.device_name,
            last_ip_used: row.last_ip_used,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
            authenticated_at: Timestamp::from_millis(row.authenticated_at),
        })
    }
}

macro_rules! device_columns {
    () => {
        "pool_id, user_id, device_key, device_group_key, salt, sealed_verifier, device_name, status, last_ip_used, created_at, \
         modified_at, authenticated_at"
    };
}

/// Inserts a confirmed device; `false` if it is there already.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, device: &Device) -> Result<bool, StoreError> {
    const SQL: &str = concat!(
        "INSERT INTO user_devices (",
        device_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (pool_id, user_id, device_key) DO NOTHING"
    );
    let inserted = execute!(
        tx,
        SQL,
        [
            &device.pool_id,
            &device.user_id,
            &device.key,
            &device.group_key,
            &device.salt,
            &device.sealed_verifier,
            &device.name,
            device.status.as_str(),
            &device.last_ip_used,
            device.created_at.millis(),
            device.modified_at.millis(),
            device.authenticated_at.millis()
        ]
    )?;
    Ok(inserted == 1)
}

/// A device of a user.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, key: &str) -> Result<Option<Device>, StoreError> {
    const SQL: &str = concat!("SELECT ", device_columns!(), " FROM user_devices WHERE pool_id = $1 AND user_id = $2 AND device_key = $3");
    fetch!(tx, fetch_optional, DeviceRow, SQL, [pool_id, user_id, key])?.map(Device::try_from).transpose()
}

/// A page of a user's devices, by key, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, after: &str, limit: i64) -> Result<Vec<Device>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        device_columns!(),
        " FROM user_devices WHERE pool_id = $1 AND user_id = $2 AND device_key > $3 ORDER BY device_key LIMIT $4"
    );
    fetch!(tx, fetch_all, DeviceRow, SQL, [pool_id, user_id, after, limit])?.into_iter().map(Device::try_from).collect()
}

/// Forgets a device; `false` if there is none. No sign-in of it waits to be confirmed after that.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, key: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM user_devices WHERE pool_id = $1 AND user_id = $2 AND device_key = $3";
    settle(tx, pool_id, user_id, key).await?;
    Ok(execute!(tx, SQL, [pool_id, user_id, key])? == 1)
}

/// Remembers a device, or not; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn set_status(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    key: &str,
    status: DeviceStatus,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE user_devices SET status = $4, modified_at = $5 WHERE pool_id = $1 AND user_id = $2 AND device_key = $3";
    Ok(execute!(tx, SQL, [pool_id, user_id, key, status.as_str(), now.millis()])? == 1)
}

/// Notes that a user signed in on a device.
///
/// # Errors
/// [`StoreError`].
pub async fn authenticated(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    key: &str,
    ip: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_devices SET authenticated_at = $4, last_ip_used = $5 \
                       WHERE pool_id = $1 AND user_id = $2 AND device_key = $3";
    execute!(tx, SQL, [pool_id, user_id, key, now.millis(), ip]).map(drop)
}

/// Notes the group key of a sign-in's new device, which waits to be confirmed.
///
/// # Errors
/// [`StoreError`].
pub async fn set_waiting(tx: &mut Conn, pool_id: &UserPoolId, origin_jti: &str, group_key: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET device_group_key = $3 WHERE pool_id = $1 AND origin_jti = $2";
    execute!(tx, SQL, [pool_id, origin_jti, group_key]).map(drop)
}

/// The group key of a device that a sign-in of the user was given, and that waits to be confirmed.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, key: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT device_group_key FROM token_families WHERE pool_id = $1 AND user_id = $2 AND device_key = $3 \
                       AND device_group_key IS NOT NULL AND revoked_at IS NULL ORDER BY origin_jti LIMIT 1";
    scalar!(tx, fetch_optional, String, SQL, [pool_id, user_id, key])
}

/// No sign-in of the device waits any more.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, key: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET device_group_key = NULL WHERE pool_id = $1 AND user_id = $2 AND device_key = $3";
    execute!(tx, SQL, [pool_id, user_id, key]).map(drop)
}

/// What a refresh is told of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OfRefresh {
    waits: i64,
    is_confirmed: i64,
}

impl OfRefresh {
    /// Whether the device was never confirmed.
    #[must_use]
    pub const fn waits(self) -> bool {
        self.waits > 0
    }

    /// Whether it was confirmed, and is not forgotten.
    #[must_use]
    pub const fn is_confirmed(self) -> bool {
        self.is_confirmed > 0
    }
}

/// What became of the device of a sign-in.
///
/// # Errors
/// [`StoreError`].
pub async fn of_family(tx: &mut Conn, pool_id: &UserPoolId, origin_jti: &str) -> Result<Option<OfRefresh>, StoreError> {
    const SQL: &str = "SELECT CAST(CASE WHEN f.device_group_key IS NULL THEN 0 ELSE 1 END AS BIGINT) AS waits, \
                       CAST(CASE WHEN d.device_key IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_confirmed FROM token_families f \
                       LEFT JOIN user_devices d ON d.pool_id = f.pool_id AND d.user_id = f.user_id AND d.device_key = f.device_key \
                       WHERE f.pool_id = $1 AND f.origin_jti = $2";
    fetch!(tx, fetch_optional, OfRefresh, SQL, [pool_id, origin_jti])
}

/// Keeps a challenge session for whoever comes with the same public value.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_session(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    public_hash: &str,
    session: &Sealed<String>,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO device_sign_ins (pool_id, public_hash, sealed_session, expires_at) \
                       SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM user_pools WHERE pool_id = $1) \
                       ON CONFLICT (pool_id, public_hash) DO UPDATE SET sealed_session = $3, expires_at = $4";
    execute!(tx, SQL, [pool_id, public_hash, session, expires_at.millis()]).map(drop)
}

/// The challenge session that was kept for a public value.
///
/// # Errors
/// [`StoreError`].
pub async fn kept_session(tx: &mut Conn, pool_id: &UserPoolId, public_hash: &str) -> Result<Option<Sealed<String>>, StoreError> {
    const SQL: &str = "SELECT sealed_session FROM device_sign_ins WHERE pool_id = $1 AND public_hash = $2";
    scalar!(tx, fetch_optional, Sealed<String>, SQL, [pool_id, public_hash])
}
