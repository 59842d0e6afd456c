//! When access keys and roles were last used.

use crate::iam::uses::Use;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct UseRow {
    last_used_at: Option<i64>,
    last_used_service: Option<String>,
    last_used_region: Option<String>,
}

impl UseRow {
    fn read(self) -> Option<Use> {
        Some(Use { at: Timestamp::from_millis(self.last_used_at?), service: self.last_used_service?, region: self.last_used_region? })
    }
}

/// Records that a key was used, unless a later use of it is recorded, or it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn record_use(tx: &mut Conn, account_id: &AccountId, access_key_id: &AccessKeyId, used: &Use) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_access_keys SET last_used_at = $3, last_used_service = $4, last_used_region = $5 \
                       WHERE account_id = $1 AND access_key_id = $2 AND (last_used_at IS NULL OR last_used_at < $3)";
    execute!(tx, SQL, [account_id, access_key_id, used.at.millis(), &used.service, &used.region]).map(drop)
}

/// The last recorded use of a key.
///
/// # Errors
/// [`StoreError`].
pub async fn last_use(tx: &mut Conn, account_id: &AccountId, access_key_id: &AccessKeyId) -> Result<Option<Use>, StoreError> {
    const SQL: &str = "SELECT last_used_at, last_used_service, last_used_region FROM iam_access_keys \
                       WHERE account_id = $1 AND access_key_id = $2";
    Ok(fetch!(tx, fetch_optional, UseRow, SQL, [account_id, access_key_id])?.and_then(UseRow::read))
}

/// Records that a session of a role did something, unless a later use is recorded, or the role is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn record_role_use(tx: &mut Conn, account_id: &AccountId, role_id: &UniqueId, used: &Use) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_roles SET last_used_at = $3, last_used_service = $4, last_used_region = $5 \
                       WHERE account_id = $1 AND role_id = $2 AND (last_used_at IS NULL OR last_used_at < $3)";
    execute!(tx, SQL, [account_id, role_id, used.at.millis(), &used.service, &used.region]).map(drop)
}

/// The last recorded use of a role.
///
/// # Errors
/// [`StoreError`].
pub async fn last_role_use(tx: &mut Conn, account_id: &AccountId, role_id: &UniqueId) -> Result<Option<Use>, StoreError> {
    const SQL: &str = "SELECT last_used_at, last_used_service, last_used_region FROM iam_roles \
                       WHERE account_id = $1 AND role_id = $2";
    Ok(fetch!(tx, fetch_optional, UseRow, SQL, [account_id, role_id])?.and_then(UseRow::read))
}
