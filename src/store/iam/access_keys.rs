//! Access keys.

use crate::crypto::sealed::Sealed;
use crate::iam::entity::AccessKey;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};
use crate::kit::secret::Secret;
use crate::store::changes::Change;
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct KeyRow {
    account_id: AccountId,
    access_key_id: AccessKeyId,
    owner_id: UniqueId,
    sealed_secret: Sealed<Secret>,
    status: String,
    created_at: i64,
}

impl From<KeyRow> for AccessKey {
    fn from(row: KeyRow) -> Self {
        Self {
            account_id: row.account_id,
            id: row.access_key_id,
            owner_id: row.owner_id,
            sealed_secret: row.sealed_secret,
            active: row.status == "Active",
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// Inserts an access key.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_key(tx: &mut Conn, key: &AccessKey) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_access_keys (account_id, access_key_id, owner_id, sealed_secret, status, created_at) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(tx, SQL, [&key.account_id, &key.id, &key.owner_id, &key.sealed_secret, key.status(), key.created_at.millis()]).map(drop)
}

/// An access key by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_key(tx: &mut Conn, account_id: &AccountId, access_key_id: &AccessKeyId) -> Result<Option<AccessKey>, StoreError> {
    const SQL: &str = "SELECT account_id, access_key_id, owner_id, sealed_secret, status, created_at FROM iam_access_keys \
                       WHERE account_id = $1 AND access_key_id = $2";
    Ok(fetch!(tx, fetch_optional, KeyRow, SQL, [account_id, access_key_id])?.map(AccessKey::from))
}

/// The access keys of a user (two at most, by quota).
///
/// # Errors
/// [`StoreError`].
pub async fn keys_of(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<Vec<AccessKey>, StoreError> {
    const SQL: &str = "SELECT account_id, access_key_id, owner_id, sealed_secret, status, created_at FROM iam_access_keys \
                       WHERE account_id = $1 AND owner_id = $2 ORDER BY created_at, access_key_id LIMIT 10";
    Ok(fetch!(tx, fetch_all, KeyRow, SQL, [account_id, owner_id])?.into_iter().map(AccessKey::from).collect())
}

/// Activates or deactivates a key of a user; `false` if the user has no such key.
///
/// # Errors
/// [`StoreError`].
pub async fn set_key_status(tx: &mut Conn, key: &AccessKey) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE iam_access_keys SET status = $4 WHERE account_id = $1 AND access_key_id = $2 AND owner_id = $3";
    tx.changed(Change::AccessKey(key.id.clone()));
    Ok(execute!(tx, SQL, [&key.account_id, &key.id, &key.owner_id, key.status()])? == 1)
}

/// Deletes a key of a user; `false` if the user has no such key.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_key(
    tx: &mut Conn,
    account_id: &AccountId,
    owner_id: &UniqueId,
    access_key_id: &AccessKeyId,
) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_access_keys WHERE account_id = $1 AND access_key_id = $2 AND owner_id = $3";
    tx.changed(Change::AccessKey(access_key_id.to_owned()));
    Ok(execute!(tx, SQL, [account_id, access_key_id, owner_id])? == 1)
}
