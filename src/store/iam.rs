//! IAM users, roles, inline policies and access keys.

use std::collections::BTreeMap;

use super::changes::Change;
use super::{Conn, StoreError, doc};
use crate::crypto::sealed::Sealed;
use crate::iam::arn::{self, RoleName};
use crate::iam::entity::{AccessKey, Role, Tag, User};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};
use crate::kit::secret::Secret;

#[derive(sqlx::FromRow)]
struct UserRow {
    account_id: AccountId,
    user_name: String,
    user_id: UniqueId,
    path: String,
    tags: String,
    created_at: i64,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        Ok(Self {
            tags: doc::from_text("iam_users", "tags", row.user_id.as_str(), &row.tags)?,
            account_id: row.account_id,
            name: row.user_name,
            id: row.user_id,
            path: row.path,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Inserts a user. A name that is taken (in whatever capitals) fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_user(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_users (account_id, user_name_key, user_name, user_id, path, tags, created_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let tags = doc::to_text("iam_users", "tags", user.id.as_str(), &user.tags)?;
    execute!(tx, SQL, [&user.account_id, user.name.to_lowercase(), &user.name, &user.id, &user.path, tags, user.created_at.millis()])
        .map(drop)
}

/// A user by name.
///
/// # Errors
/// [`StoreError`].
pub async fn find_user(tx: &mut Conn, account_id: &AccountId, name: &str) -> Result<Option<User>, StoreError> {
    const SQL: &str = "SELECT account_id, user_name, user_id, path, tags, created_at FROM iam_users \
                       WHERE account_id = $1 AND user_name_key = $2";
    fetch!(tx, fetch_optional, UserRow, SQL, [account_id, name.to_lowercase()])?.map(User::try_from).transpose()
}

/// A user by unique id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_user_by_id(tx: &mut Conn, account_id: &AccountId, user_id: &UniqueId) -> Result<Option<User>, StoreError> {
    const SQL: &str = "SELECT account_id, user_name, user_id, path, tags, created_at FROM iam_users WHERE account_id = $1 AND user_id = $2";
    fetch!(tx, fetch_optional, UserRow, SQL, [account_id, user_id])?.map(User::try_from).transpose()
}

/// A page of the users whose path begins with `prefix`, by name, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_users(tx: &mut Conn, account_id: &AccountId, prefix: &str, after: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    const SQL: &str = "SELECT account_id, user_name, user_id, path, tags, created_at FROM iam_users \
                       WHERE account_id = $1 AND user_id > $2 AND substr(path, 1, $3) = $4 ORDER BY user_id LIMIT $5";
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    fetch!(tx, fetch_all, UserRow, SQL, [account_id, after, length, prefix, limit])?.into_iter().map(User::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    account_id: AccountId,
    role_name: String,
    role_id: UniqueId,
    path: String,
    description: Option<String>,
    assume_role_policy: String,
    max_session_seconds: i64,
    tags: String,
    created_at: i64,
}

impl TryFrom<RoleRow> for Role {
    type Error = StoreError;

    fn try_from(row: RoleRow) -> Result<Self, StoreError> {
        Ok(Self {
            tags: doc::from_text::<Vec<Tag>>("iam_roles", "tags", row.role_id.as_str(), &row.tags)?,
            account_id: row.account_id,
            name: row.role_name,
            id: row.role_id,
            path: row.path,
            description: row.description,
            assume_role_policy: row.assume_role_policy,
            max_session_seconds: row.max_session_seconds,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Inserts a role. A name that is taken (in whatever capitals) fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_role(tx: &mut Conn, role: &Role) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_roles (account_id, role_name_key, role_name, role_id, path, description, assume_role_policy, \
                       max_session_seconds, tags, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let tags = doc::to_text("iam_roles", "tags", role.id.as_str(), &role.tags)?;
    execute!(
        tx,
        SQL,
        [
            &role.account_id,
            role.name.to_lowercase(),
            &role.name,
            &role.id,
            &role.path,
            &role.description,
            &role.assume_role_policy,
            role.max_session_seconds,
            tags,
            role.created_at.millis()
        ]
    )
    .map(drop)
}

/// A role by name.
///
/// # Errors
/// [`StoreError`].
pub async fn find_role(tx: &mut Conn, account_id: &AccountId, name: &str) -> Result<Option<Role>, StoreError> {
    const SQL: &str = "SELECT account_id, role_name, role_id, path, description, assume_role_policy, max_session_seconds, tags, \
                       created_at FROM iam_roles WHERE account_id = $1 AND role_name_key = $2";
    fetch!(tx, fetch_optional, RoleRow, SQL, [account_id, name.to_lowercase()])?.map(Role::try_from).transpose()
}

/// A role by its ARN.
///
/// # Errors
/// [`StoreError`].
pub async fn find_role_by_arn(tx: &mut Conn, role_arn: &str) -> Result<Option<Role>, StoreError> {
    match arn::parse_role(role_arn) {
        Some(named) => find_role_named(tx, named).await,
        None => Ok(None),
    }
}

/// A role by what its ARN names, in the very letters of the one that is there.
///
/// # Errors
/// [`StoreError`].
pub async fn find_role_named(tx: &mut Conn, named: RoleName<'_>) -> Result<Option<Role>, StoreError> {
    let found = find_role(tx, &named.account_id.into(), named.name).await?;
    Ok(found.filter(|role| role.name == named.name && role.path == named.path))
}

/// A role by unique id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_role_by_id(tx: &mut Conn, account_id: &AccountId, role_id: &UniqueId) -> Result<Option<Role>, StoreError> {
    const SQL: &str = "SELECT account_id, role_name, role_id, path, description, assume_role_policy, max_session_seconds, tags, \
                       created_at FROM iam_roles WHERE account_id = $1 AND role_id = $2";
    fetch!(tx, fetch_optional, RoleRow, SQL, [account_id, role_id])?.map(Role::try_from).transpose()
}

/// Whether the owner of policies, by unique id, is there (`AIDA…` a user, `AROA…` a role).
///
/// # Errors
/// [`StoreError`].
pub async fn exists(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT user_id FROM iam_users WHERE account_id = $1 AND user_id = $2 \
                       UNION ALL SELECT role_id FROM iam_roles WHERE account_id = $1 AND role_id = $2";
    Ok(scalar!(tx, fetch_optional, String, SQL, [account_id, owner_id])?.is_some())
}

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
