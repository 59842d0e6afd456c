//! Inline policies of users, groups and roles, by the owner's unique id.

use std::collections::{BTreeMap, BTreeSet};

use crate::kit::id::{AccountId, UniqueId};
use crate::store::changes::Change;
use crate::store::{Conn, StoreError};

/// Sets an inline policy of a user or role.
///
/// # Errors
/// [`StoreError`].
pub async fn put_policy(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId, name: &str, document: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_inline_policies (account_id, owner_id, policy_name, document) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (account_id, owner_id, policy_name) DO UPDATE SET document = $4";
    execute!(tx, SQL, [account_id, owner_id, name, document])?;
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
    Ok(())
}

/// The inline policies of a user or role, by name. Their sizes are bounded when they are set.
///
/// # Errors
/// [`StoreError`].
pub async fn policies(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<BTreeMap<String, String>, StoreError> {
    const SQL: &str = "SELECT policy_name, document FROM iam_inline_policies WHERE account_id = $1 AND owner_id = $2";
    Ok(fetch!(tx, fetch_all, (String, String), SQL, [account_id, owner_id])?.into_iter().collect())
}

/// The names of the inline policies of a user or role: some hundreds at most, by quota.
///
/// # Errors
/// [`StoreError`].
pub async fn policy_names(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<BTreeSet<String>, StoreError> {
    const SQL: &str = "SELECT policy_name FROM iam_inline_policies WHERE account_id = $1 AND owner_id = $2";
    Ok(scalar!(tx, fetch_all, String, SQL, [account_id, owner_id])?.into_iter().collect())
}

/// The text of an inline policy.
///
/// # Errors
/// [`StoreError`].
pub async fn find_policy(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId, name: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT document FROM iam_inline_policies WHERE account_id = $1 AND owner_id = $2 AND policy_name = $3";
    scalar!(tx, fetch_optional, String, SQL, [account_id, owner_id, name])
}

/// Deletes an inline policy; `false` if there is none of that name.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_policy(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId, name: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_inline_policies WHERE account_id = $1 AND owner_id = $2 AND policy_name = $3";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
    Ok(execute!(tx, SQL, [account_id, owner_id, name])? == 1)
}
