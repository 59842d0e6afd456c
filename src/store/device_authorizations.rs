//! Devices that wait for a person to let them in (RFC 8628).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Conn, StoreError, doc};
use crate::crypto::digest::HashedToken;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::userpools::authentication_level::Method;

/// A device that waits, or waited.
#[derive(Clone)]
pub struct DeviceAuthorization {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The hash of what the device holds.
    pub device_code: HashedToken,
    /// The hash of what the person types.
    pub user_code: HashedToken,
    /// The client that the device is.
    pub client_id: ClientId,
    /// What is asked for, blank-separated.
    pub scope: String,
    /// What the access token is for (`aud`), where the client named it.
    pub resource: Option<String>,
    /// What became of it.
    pub standing: Standing,
    /// When the device asked last.
    pub polled_at: Timestamp,
    /// How long it has to wait from one time to the next.
    pub interval: Duration,
    /// Until when it may be let in.
    pub expires_at: Timestamp,
}

/// What became of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has answered.
    Waiting,
    /// Somebody (`sub`) let it in.
    Granted(UserId, DeviceGrant),
    /// Somebody did not.
    Denied,
}

/// How somebody who let a device in had proven who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceGrant {
    /// The browser's session (`sid`).
    pub session_id: String,
    /// When the user proved who they are: milliseconds.
    pub authenticated_at: i64,
    /// How they did.
    pub methods: Vec<Method>,
}

impl Standing {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Granted(..) => "granted",
            Self::Denied => "denied",
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: UserPoolId,
    device_code_hash: String,
    user_code_hash: String,
    client_id: ClientId,
    scope: String,
    resource: Option<String>,
    state: String,
    user_id: Option<UserId>,
    grant_document: Option<String>,
    polled_at: i64,
    interval_millis: i64,
    expires_at: i64,
}

impl TryFrom<Row> for DeviceAuthorization {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let standing = match (row.state.as_str(), row.user_id, &row.grant_document) {
            ("waiting", None, None) => Standing::Waiting,
            ("denied", None, None) => Standing::Denied,
            ("granted", Some(user_id), Some(grant)) => {
                let grant = doc::from_text("device_authorizations", "grant_document", &row.device_code_hash, grant)?;
                Standing::Granted(user_id, grant)
            }
            _ => return Err(StoreError::corrupt("device_authorizations", "state", &row.device_code_hash)),
        };
        Ok(Self {
            pool_id: row.pool_id,
            device_code: HashedToken::stored(row.device_code_hash),
            user_code: HashedToken::stored(row.user_code_hash),
            client_id: row.client_id,
            scope: row.scope,
            resource: row.resource,
            standing,
            polled_at: Timestamp::from_millis(row.polled_at),
            interval: Duration::from_millis(u64::try_from(row.interval_millis).unwrap_or_default()),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT pool_id, device_code_hash, user_code_hash, client_id, scope, resource, state, user_id, grant_document, ",
            "polled_at, interval_millis, expires_at FROM device_authorizations WHERE pool_id = $1 AND ",
            $which
        )
    };
}

/// Records a device; `false` if its client is gone. A user code that another device of the pool has is a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, new: &DeviceAuthorization) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO device_authorizations (pool_id, device_code_hash, user_code_hash, client_id, scope, resource, state, \
                       polled_at, interval_millis, expires_at) SELECT $1, $2, $3, $4, $5, $6, 'waiting', CAST($7 AS BIGINT), \
                       CAST($8 AS BIGINT), CAST($9 AS BIGINT) \
                       WHERE EXISTS (SELECT 1 FROM user_pool_clients WHERE pool_id = $1 AND client_id = $4)";
    let inserted = execute!(
        tx,
        SQL,
        [
            &new.pool_id,
            new.device_code.as_str(),
            new.user_code.as_str(),
            &new.client_id,
            &new.scope,
            &new.resource,
            new.polled_at.millis(),
            millis(new.interval),
            new.expires_at.millis()
        ]
    )?;
    Ok(inserted == 1)
}

/// The device of a device code.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, device_code: &HashedToken) -> Result<Option<DeviceAuthorization>, StoreError> {
    const SQL: &str = select!("device_code_hash = $2");
    fetch!(tx, fetch_optional, Row, SQL, [pool_id, device_code.as_str()])?.map(DeviceAuthorization::try_from).transpose()
}

/// The device of a user code.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_user_code(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_code: &HashedToken,
) -> Result<Option<DeviceAuthorization>, StoreError> {
    const SQL: &str = select!("user_code_hash = $2");
    fetch!(tx, fetch_optional, Row, SQL, [pool_id, user_code.as_str()])?.map(DeviceAuthorization::try_from).transpose()
}

/// Answers a device that waits, which has until a moment to ask what became of it; `false` if it does not: of two answers the first counts.
///
/// # Errors
/// [`StoreError`].
pub async fn answer(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    device_code: &HashedToken,
    standing: &Standing,
    until: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE device_authorizations SET state = $3, user_id = $4, grant_document = $5, expires_at = $6 \
                       WHERE pool_id = $1 AND device_code_hash = $2 AND state = 'waiting'";
    let (user_id, grant) = match standing {
        Standing::Granted(user_id, grant) => {
            let grant = doc::to_text("device_authorizations", "grant_document", device_code.as_str(), grant)?;
            (Some(user_id), Some(grant))
        }
        Standing::Waiting | Standing::Denied => (None, None),
    };
    Ok(execute!(tx, SQL, [pool_id, device_code.as_str(), standing.as_str(), user_id, grant, until.millis()])? == 1)
}

/// Records that a device asked.
///
/// # Errors
/// [`StoreError`].
pub async fn polled(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    device_code: &HashedToken,
    at: Timestamp,
    interval: Duration,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE device_authorizations SET polled_at = $3, interval_millis = $4 WHERE pool_id = $1 AND device_code_hash = $2";
    execute!(tx, SQL, [pool_id, device_code.as_str(), at.millis(), millis(interval)]).map(drop)
}

/// Forgets a device that was told what became of it; `false` if another was: of two that hold its code one is let in.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, device_code: &HashedToken) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM device_authorizations WHERE pool_id = $1 AND device_code_hash = $2";
    Ok(execute!(tx, SQL, [pool_id, device_code.as_str()])? == 1)
}

fn millis(interval: Duration) -> i64 {
    i64::try_from(interval.as_millis()).unwrap_or(i64::MAX)
}
