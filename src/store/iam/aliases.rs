//! The aliases of accounts.

use crate::kit::clock::Timestamp;
use crate::kit::id::AccountId;
use crate::store::{Conn, StoreError};

/// Gives an account an alias in place of the one that it has. One that another has fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn put_account_alias(tx: &mut Conn, account_id: &AccountId, alias: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_account_aliases (account_id, account_alias, created_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id) DO UPDATE SET account_alias = excluded.account_alias, created_at = excluded.created_at";
    execute!(tx, SQL, [account_id, alias, now.millis()]).map(drop)
}

/// The alias of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn account_alias(tx: &mut Conn, account_id: &AccountId) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT account_alias FROM iam_account_aliases WHERE account_id = $1";
    scalar!(tx, fetch_optional, String, SQL, [account_id])
}

/// The account that has an alias.
///
/// # Errors
/// [`StoreError`].
pub async fn account_of_alias(tx: &mut Conn, alias: &str) -> Result<Option<AccountId>, StoreError> {
    const SQL: &str = "SELECT account_id FROM iam_account_aliases WHERE account_alias = $1";
    scalar!(tx, fetch_optional, AccountId, SQL, [alias])
}

/// Takes an alias from an account; `false` if it is not its own.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_account_alias(tx: &mut Conn, account_id: &AccountId, alias: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_account_aliases WHERE account_id = $1 AND account_alias = $2";
    Ok(execute!(tx, SQL, [account_id, alias])? == 1)
}
