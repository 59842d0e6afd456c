//! Who has which managed policies: attached, and as permissions boundary.

use crate::iam::managed_policy::Usage;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::changes::Change;
use crate::store::{Conn, StoreError};

/// Attaches a policy to a user, group or role; it may be attached already.
///
/// # Errors
/// [`StoreError`].
pub async fn attach_policy(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId, policy_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_policy_attachments (account_id, owner_id, policy_id) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id, owner_id, policy_id) DO NOTHING";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
    execute!(tx, SQL, [account_id, owner_id, policy_id]).map(drop)
}

/// Detaches a policy; `false` if it was not attached.
///
/// # Errors
/// [`StoreError`].
pub async fn detach_policy(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId, policy_id: &UniqueId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_policy_attachments WHERE account_id = $1 AND owner_id = $2 AND policy_id = $3";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
    Ok(execute!(tx, SQL, [account_id, owner_id, policy_id])? == 1)
}

/// The policies that are attached to a user, group or role, by unique id: some at most, by quota.
///
/// # Errors
/// [`StoreError`].
pub async fn attached_policies(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<Vec<UniqueId>, StoreError> {
    const SQL: &str = "SELECT policy_id FROM iam_policy_attachments WHERE account_id = $1 AND owner_id = $2 ORDER BY policy_id";
    scalar!(tx, fetch_all, UniqueId, SQL, [account_id, owner_id])
}

/// Gives a user or role a permissions boundary, in the place of another.
///
/// # Errors
/// [`StoreError`].
pub async fn put_boundary(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId, policy_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_permissions_boundaries (account_id, owner_id, policy_id) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id, owner_id) DO UPDATE SET policy_id = $3";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
    execute!(tx, SQL, [account_id, owner_id, policy_id]).map(drop)
}

/// Takes a permissions boundary away, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_boundary(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_permissions_boundaries WHERE account_id = $1 AND owner_id = $2";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
    execute!(tx, SQL, [account_id, owner_id]).map(drop)
}

/// The policy that is the permissions boundary of a user or role.
///
/// # Errors
/// [`StoreError`].
pub async fn boundary_of(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<Option<UniqueId>, StoreError> {
    const SQL: &str = "SELECT policy_id FROM iam_permissions_boundaries WHERE account_id = $1 AND owner_id = $2";
    scalar!(tx, fetch_optional, UniqueId, SQL, [account_id, owner_id])
}

/// A user, group or role that has a policy.
#[derive(sqlx::FromRow)]
pub struct PolicyEntity {
    /// `AIDA…`, `AGPA…` or `AROA…`
    pub id: UniqueId,
    /// Its name.
    pub name: String,
}

/// Which of those that have a policy are wanted.
pub struct EntitiesAsked<'a> {
    /// The policy, which may be AWS's.
    pub policy_id: &'a UniqueId,
    /// What it is used as; `None` for either.
    pub usage: Option<Usage>,
    /// What their unique ids begin with.
    pub kind: &'a str,
    /// What their paths begin with.
    pub path_prefix: &'a str,
}

/// A page of those that have a policy, by unique id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn entities_of_policy(
    tx: &mut Conn,
    account_id: &AccountId,
    asked: &EntitiesAsked<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<PolicyEntity>, StoreError> {
    const SQL: &str = "SELECT owner_id AS id, COALESCE(user_name, role_name, group_name) AS name FROM \
                       (SELECT owner_id FROM iam_policy_attachments \
                        WHERE account_id = $1 AND policy_id = $2 AND owner_id > $3 AND $4 <> 'boundary' \
                        UNION SELECT owner_id FROM iam_permissions_boundaries \
                        WHERE account_id = $1 AND policy_id = $2 AND owner_id > $3 AND $4 <> 'permissions') AS entities \
                       LEFT JOIN iam_users u ON u.account_id = $1 AND u.user_id = owner_id \
                       LEFT JOIN iam_roles r ON r.account_id = $1 AND r.role_id = owner_id \
                       LEFT JOIN iam_groups g ON g.account_id = $1 AND g.group_id = owner_id \
                       WHERE substr(owner_id, 1, $5) = $6 AND substr(COALESCE(u.path, r.path, g.path), 1, $7) = $8 \
                       ORDER BY owner_id LIMIT $9";
    let usage = match asked.usage {
        None => "",
        Some(Usage::Permissions) => "permissions",
        Some(Usage::Boundary) => "boundary",
    };
    let length = |text: &str| i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    fetch!(
        tx,
        fetch_all,
        PolicyEntity,
        SQL,
        [account_id, asked.policy_id, after, usage, length(asked.kind), asked.kind, length(asked.path_prefix), asked.path_prefix, limit]
    )
}
