//! IAM users, groups and roles, what they have (inline policies, access keys), and the managed policies that they share.

mod access_keys;
mod aliases;
mod attachments;
mod attempts;
mod groups;
mod inline_policies;
mod logins;
mod managed_policies;
mod mfa_devices;
mod oidc_providers;
mod reports;
mod uses;

pub use access_keys::{delete_key, find_key, insert_key, keys_of, set_key_status};
pub use aliases::{account_alias, account_of_alias, delete_account_alias, put_account_alias};
pub use attachments::{
    EntitiesAsked, PolicyEntity, attach_policy, attached_policies, boundary_of, delete_boundary, detach_policy, entities_of_policy,
    put_boundary,
};
pub use attempts::{charge_attempt, clear_attempts, give_attempt_back};
pub use groups::{
    AttachedTexts, add_member, attached, count_groups, delete_group, find_group, find_group_by_id, groups_of, insert_group, list_groups,
    members, remove_member, update_group,
};
pub use inline_policies::{delete_policy, find_policy, policies, policy_names, put_policy};
pub use logins::{
    delete_login_profile, delete_password_policy, earlier_passwords, insert_login_profile, keep_password, login_profile, note_password_use,
    password_policy, put_password_policy, update_login_profile,
};
pub use managed_policies::{
    count_managed_policies, delete_managed_policy, delete_version, find_managed_policy, find_managed_policy_by_id, find_policy_by_arn,
    find_policy_by_id, find_version, insert_managed_policy, insert_version, list_managed_policies, update_managed_policy, uses_between,
    uses_of, version_that_holds, versions_of,
};
pub use mfa_devices::{
    count_mfa_devices, delete_mfa_device, disable_mfa_device, find_mfa_device, insert_mfa_device, list_mfa_devices, mfa_devices_of,
    update_mfa_device, use_mfa_step,
};
pub use oidc_providers::{
    count_oidc_providers, delete_oidc_provider, find_oidc_provider, insert_oidc_provider, list_oidc_providers, update_oidc_provider,
};
pub use reports::{
    AccountCounts, KeyUse, account_counts, credential_report, keys_of_account, mfa_holders, passwords_of_account, put_credential_report,
};
pub use uses::{last_role_use, last_use, record_role_use, record_use};

use super::changes::Change;
use super::{Conn, StoreError, doc};
use crate::iam::arn::{self, RoleName};
use crate::iam::entity::{Role, Tag, User};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};

#[derive(sqlx::FromRow)]
struct UserRow {
    account_id: AccountId,
    user_name: String,
    user_id: UniqueId,
    path: String,
    tags: String,
    created_at: i64,
    password_last_used_at: Option<i64>,
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
            password_last_used_at: row.password_last_used_at.map(Timestamp::from_millis),
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
    const SQL: &str = "SELECT account_id, user_name, user_id, path, tags, created_at, password_last_used_at FROM iam_users \
                       WHERE account_id = $1 AND user_name_key = $2";
    fetch!(tx, fetch_optional, UserRow, SQL, [account_id, name.to_lowercase()])?.map(User::try_from).transpose()
}

/// A user by unique id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_user_by_id(tx: &mut Conn, account_id: &AccountId, user_id: &UniqueId) -> Result<Option<User>, StoreError> {
    const SQL: &str = "SELECT account_id, user_name, user_id, path, tags, created_at, password_last_used_at FROM iam_users \
                       WHERE account_id = $1 AND user_id = $2";
    fetch!(tx, fetch_optional, UserRow, SQL, [account_id, user_id])?.map(User::try_from).transpose()
}

/// A page of the users whose path begins with `prefix`, by name, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_users(tx: &mut Conn, account_id: &AccountId, prefix: &str, after: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    const SQL: &str = "SELECT account_id, user_name, user_id, path, tags, created_at, password_last_used_at FROM iam_users \
                       WHERE account_id = $1 AND user_id > $2 AND substr(path, 1, $3) = $4 ORDER BY user_id LIMIT $5";
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    fetch!(tx, fetch_all, UserRow, SQL, [account_id, after, length, prefix, limit])?.into_iter().map(User::try_from).collect()
}

/// Gives a user another name, path and tags. A name that is taken fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn update_user(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE iam_users SET user_name_key = $3, user_name = $4, path = $5, tags = $6 WHERE account_id = $1 AND user_id = $2";
    let tags = doc::to_text("iam_users", "tags", user.id.as_str(), &user.tags)?;
    holder_changed(tx, user).await?;
    execute!(tx, SQL, [&user.account_id, &user.id, user.name.to_lowercase(), &user.name, &user.path, tags]).map(drop)
}

/// Deletes a user who has nothing any more.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_user(tx: &mut Conn, account_id: &AccountId, user_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_users WHERE account_id = $1 AND user_id = $2";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: user_id.to_owned() });
    execute!(tx, SQL, [account_id, user_id]).map(drop)
}

/// What nodes hold of a user, they hold by the user's keys and by who they are.
async fn holder_changed(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    tx.changed(Change::Policies { account_id: user.account_id.clone(), owner_id: user.id.clone() });
    for key in keys_of(tx, &user.account_id, &user.id).await? {
        tx.changed(Change::AccessKey(key.id));
    }
    Ok(())
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

/// A page of the roles whose path begins with `prefix`, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_roles(tx: &mut Conn, account_id: &AccountId, prefix: &str, after: &str, limit: i64) -> Result<Vec<Role>, StoreError> {
    const SQL: &str = "SELECT account_id, role_name, role_id, path, description, assume_role_policy, max_session_seconds, tags, \
                       created_at FROM iam_roles WHERE account_id = $1 AND role_id > $2 AND substr(path, 1, $3) = $4 ORDER BY role_id LIMIT $5";
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    fetch!(tx, fetch_all, RoleRow, SQL, [account_id, after, length, prefix, limit])?.into_iter().map(Role::try_from).collect()
}

/// Replaces what can be changed of a role: description, trust policy, length of sessions and tags.
///
/// # Errors
/// [`StoreError`].
pub async fn update_role(tx: &mut Conn, role: &Role) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_roles SET description = $3, assume_role_policy = $4, max_session_seconds = $5, tags = $6 \
                       WHERE account_id = $1 AND role_id = $2";
    let tags = doc::to_text("iam_roles", "tags", role.id.as_str(), &role.tags)?;
    tx.changed(Change::Policies { account_id: role.account_id.clone(), owner_id: role.id.clone() });
    execute!(tx, SQL, [&role.account_id, &role.id, &role.description, &role.assume_role_policy, role.max_session_seconds, tags]).map(drop)
}

/// Deletes a role that has nothing any more.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_role(tx: &mut Conn, account_id: &AccountId, role_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_roles WHERE account_id = $1 AND role_id = $2";
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: role_id.to_owned() });
    execute!(tx, SQL, [account_id, role_id]).map(drop)
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
