//! Groups of IAM users, and who is in them.

use super::{UserRow, policies};
use crate::iam::attached::Links;
use crate::iam::entity::{Group, User};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::changes::Change;
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct GroupRow {
    account_id: AccountId,
    group_name: String,
    group_id: UniqueId,
    path: String,
    created_at: i64,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        let created_at = Timestamp::from_millis(row.created_at);
        Self { account_id: row.account_id, name: row.group_name, id: row.group_id, path: row.path, created_at }
    }
}

/// Inserts a group. A name that is taken (in whatever capitals) fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_group(tx: &mut Conn, group: &Group) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_groups (account_id, group_name_key, group_name, group_id, path, created_at) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    let key = group.name.to_lowercase();
    execute!(tx, SQL, [&group.account_id, key, &group.name, &group.id, &group.path, group.created_at.millis()]).map(drop)
}

/// A group by name.
///
/// # Errors
/// [`StoreError`].
pub async fn find_group(tx: &mut Conn, account_id: &AccountId, name: &str) -> Result<Option<Group>, StoreError> {
    const SQL: &str = "SELECT account_id, group_name, group_id, path, created_at FROM iam_groups \
                       WHERE account_id = $1 AND group_name_key = $2";
    Ok(fetch!(tx, fetch_optional, GroupRow, SQL, [account_id, name.to_lowercase()])?.map(Group::from))
}

/// A group by unique id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_group_by_id(tx: &mut Conn, account_id: &AccountId, group_id: &UniqueId) -> Result<Option<Group>, StoreError> {
    const SQL: &str = "SELECT account_id, group_name, group_id, path, created_at FROM iam_groups WHERE account_id = $1 AND group_id = $2";
    Ok(fetch!(tx, fetch_optional, GroupRow, SQL, [account_id, group_id])?.map(Group::from))
}

/// A page of the groups whose path begins with `prefix`, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_groups(tx: &mut Conn, account_id: &AccountId, prefix: &str, after: &str, limit: i64) -> Result<Vec<Group>, StoreError> {
    const SQL: &str = "SELECT account_id, group_name, group_id, path, created_at FROM iam_groups \
                       WHERE account_id = $1 AND group_id > $2 AND substr(path, 1, $3) = $4 ORDER BY group_id LIMIT $5";
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    Ok(fetch!(tx, fetch_all, GroupRow, SQL, [account_id, after, length, prefix, limit])?.into_iter().map(Group::from).collect())
}

/// How many groups an account has, counted no further than `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_groups(tx: &mut Conn, account_id: &AccountId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM iam_groups WHERE account_id = $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [account_id, limit])
}

/// Gives a group another name and path. A name that is taken fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn update_group(tx: &mut Conn, group: &Group) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_groups SET group_name_key = $3, group_name = $4, path = $5 WHERE account_id = $1 AND group_id = $2";
    policies_changed(tx, &group.account_id, &group.id);
    execute!(tx, SQL, [&group.account_id, &group.id, group.name.to_lowercase(), &group.name, &group.path]).map(drop)
}

/// Deletes a group that has nothing and nobody any more.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_group(tx: &mut Conn, account_id: &AccountId, group_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_groups WHERE account_id = $1 AND group_id = $2";
    policies_changed(tx, account_id, group_id);
    execute!(tx, SQL, [account_id, group_id]).map(drop)
}

/// Puts a user into a group; they may be there already.
///
/// # Errors
/// [`StoreError`].
pub async fn add_member(tx: &mut Conn, account_id: &AccountId, group_id: &UniqueId, user_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_group_members (account_id, group_id, user_id) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id, group_id, user_id) DO NOTHING";
    policies_changed(tx, account_id, user_id);
    execute!(tx, SQL, [account_id, group_id, user_id]).map(drop)
}

/// Takes a user out of a group; they need not be there.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_member(tx: &mut Conn, account_id: &AccountId, group_id: &UniqueId, user_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_group_members WHERE account_id = $1 AND group_id = $2 AND user_id = $3";
    policies_changed(tx, account_id, user_id);
    execute!(tx, SQL, [account_id, group_id, user_id]).map(drop)
}

/// A page of a group's users, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn members(tx: &mut Conn, account_id: &AccountId, group_id: &UniqueId, after: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    const SQL: &str = "SELECT iam_users.account_id, user_name, iam_users.user_id, path, tags, created_at, password_last_used_at \
                       FROM iam_group_members \
                       JOIN iam_users ON iam_users.account_id = iam_group_members.account_id AND iam_users.user_id = iam_group_members.user_id \
                       WHERE iam_group_members.account_id = $1 AND group_id = $2 AND iam_group_members.user_id > $3 \
                       ORDER BY iam_group_members.user_id LIMIT $4";
    fetch!(tx, fetch_all, UserRow, SQL, [account_id, group_id, after, limit])?.into_iter().map(User::try_from).collect()
}

/// The groups of a user, by unique id: some at most, by quota.
///
/// # Errors
/// [`StoreError`].
pub async fn groups_of(tx: &mut Conn, account_id: &AccountId, user_id: &UniqueId) -> Result<Vec<Group>, StoreError> {
    const SQL: &str = "SELECT iam_groups.account_id, group_name, iam_groups.group_id, path, created_at FROM iam_group_members \
                       JOIN iam_groups ON iam_groups.account_id = iam_group_members.account_id \
                       AND iam_groups.group_id = iam_group_members.group_id \
                       WHERE iam_group_members.account_id = $1 AND user_id = $2 ORDER BY iam_group_members.group_id";
    Ok(fetch!(tx, fetch_all, GroupRow, SQL, [account_id, user_id])?.into_iter().map(Group::from).collect())
}

/// What a user, a role or a group has of its own, as decisions need it.
pub struct AttachedTexts {
    /// The group's name, for a group.
    pub group_name: Option<String>,
    /// The inline policies: name and text.
    pub policies: Vec<(String, String)>,
    /// Groups and managed policies.
    pub links: Links,
}

/// What somebody of this unique id has of their own; `None` where nobody has it.
///
/// # Errors
/// [`StoreError`].
pub async fn attached(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<Option<AttachedTexts>, StoreError> {
    let group_name = if super::exists(tx, account_id, owner_id).await? {
        None
    } else {
        let Some(group) = find_group_by_id(tx, account_id, owner_id).await? else { return Ok(None) };
        Some(group.name)
    };
    let groups = groups_of(tx, account_id, owner_id).await?.into_iter().map(|group| group.id).collect();
    let managed = super::attached_policies(tx, account_id, owner_id).await?;
    let boundary = super::boundary_of(tx, account_id, owner_id).await?;
    let policies = policies(tx, account_id, owner_id).await?.into_iter().collect();
    Ok(Some(AttachedTexts { group_name, policies, links: Links { groups, managed, boundary } }))
}

/// What nodes hold of the policies of a group, or of the groups of a user, is old.
fn policies_changed(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) {
    tx.changed(Change::Policies { account_id: account_id.to_owned(), owner_id: owner_id.to_owned() });
}
