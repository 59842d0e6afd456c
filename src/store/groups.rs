//! The groups of a pool's users, and who is in them.

use super::user_data::{self, Leaving};
use super::users::{UserRow, user_columns};
use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::group::{Group, MOST_OF_A_USER, Membership};
use crate::userpools::user::User;
use crate::userpools::user_data::Thing;

#[derive(sqlx::FromRow)]
struct GroupRow {
    pool_id: UserPoolId,
    group_name: String,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i64>,
    created_at: i64,
    modified_at: i64,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            pool_id: row.pool_id,
            name: row.group_name,
            description: row.description,
            role_arn: row.role_arn,
            precedence: row.precedence,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct MembershipRow {
    group_name: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i64>,
}

impl MembershipRow {
    /// The group; `None` where an outer join found none.
    pub(super) fn membership(self) -> Option<Membership> {
        Some(Membership { name: self.group_name?, role_arn: self.role_arn, precedence: self.precedence })
    }
}

/// Inserts a new group; `false` if there is one of that name.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, group: &Group) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO user_groups (pool_id, group_name, description, role_arn, precedence, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (pool_id, group_name) DO NOTHING";
    let inserted =
        execute!(tx, SQL, [&group.pool_id, &group.name, &group.description, &group.role_arn, group.precedence, group.created_at.millis()])?;
    if inserted == 1 {
        user_data::keep_new(tx, &group.pool_id, &Thing::Group(group.name.clone())).await?;
    }
    Ok(inserted == 1)
}

/// A group by its name.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<Option<Group>, StoreError> {
    const SQL: &str = "SELECT pool_id, group_name, description, role_arn, precedence, created_at, modified_at FROM user_groups \
                       WHERE pool_id = $1 AND group_name = $2";
    Ok(fetch!(tx, fetch_optional, GroupRow, SQL, [pool_id, name])?.map(Group::from))
}

/// Replaces what a group is, but for its name and its members.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, group: &Group) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_groups SET description = $3, role_arn = $4, precedence = $5, modified_at = $6 \
                       WHERE pool_id = $1 AND group_name = $2";
    user_data::keep(tx, &group.pool_id, &Thing::Group(group.name.clone())).await?;
    let (description, role_arn, precedence) = (&group.description, &group.role_arn, group.precedence);
    execute!(tx, SQL, [&group.pool_id, &group.name, description, role_arn, precedence, group.modified_at.millis()]).map(drop)
}

/// Deletes a group; its members are in it no more. `false` if there was none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<bool, StoreError> {
    const MEMBERS: &str = "DELETE FROM user_group_members WHERE pool_id = $1 AND group_name = $2";
    const SQL: &str = "DELETE FROM user_groups WHERE pool_id = $1 AND group_name = $2";
    if find(tx, pool_id, name).await?.is_none() {
        return Ok(false);
    }
    user_data::keep(tx, pool_id, &Thing::Group(name.to_owned())).await?;
    user_data::keep_members(tx, pool_id, Leaving::Group(name)).await?;
    execute!(tx, MEMBERS, [pool_id, name])?;
    Ok(execute!(tx, SQL, [pool_id, name])? == 1)
}

/// A page of a pool's groups, by name, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<Group>, StoreError> {
    const SQL: &str = "SELECT pool_id, group_name, description, role_arn, precedence, created_at, modified_at FROM user_groups \
                       WHERE pool_id = $1 AND group_name > $2 ORDER BY group_name LIMIT $3";
    Ok(fetch!(tx, fetch_all, GroupRow, SQL, [pool_id, after, limit])?.into_iter().map(Group::from).collect())
}

/// How many groups a pool has, counted no further than `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut Conn, pool_id: &UserPoolId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM user_groups WHERE pool_id = $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, limit])
}

/// Puts a user into a group, or leaves them there; both are as read in this transaction. `false` if they were in it.
///
/// # Errors
/// [`StoreError`].
pub async fn add_member(tx: &mut Conn, group: &Group, user_id: &UserId) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO user_group_members (pool_id, group_name, user_id) VALUES ($1, $2, $3) \
                       ON CONFLICT (pool_id, group_name, user_id) DO NOTHING";
    let is_new = execute!(tx, SQL, [&group.pool_id, &group.name, user_id])? == 1;
    if is_new {
        user_data::keep_new(tx, &group.pool_id, &member(group, user_id)).await?;
    }
    Ok(is_new)
}

fn member(group: &Group, user_id: &UserId) -> Thing {
    Thing::Member { user_id: user_id.clone(), group: group.name.clone() }
}

/// Takes a user out of a group.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_member(tx: &mut Conn, group: &Group, user_id: &UserId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM user_group_members WHERE pool_id = $1 AND group_name = $2 AND user_id = $3";
    user_data::keep(tx, &group.pool_id, &member(group, user_id)).await?;
    execute!(tx, SQL, [&group.pool_id, &group.name, user_id]).map(drop)
}

/// A page of the groups that a user is in, by name, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, after: &str, limit: i64) -> Result<Vec<Group>, StoreError> {
    const SQL: &str = "SELECT g.pool_id, g.group_name, g.description, g.role_arn, g.precedence, g.created_at, g.modified_at \
                       FROM user_group_members m JOIN user_groups g ON g.pool_id = m.pool_id AND g.group_name = m.group_name \
                       WHERE m.pool_id = $1 AND m.user_id = $2 AND m.group_name > $3 ORDER BY m.group_name LIMIT $4";
    Ok(fetch!(tx, fetch_all, GroupRow, SQL, [pool_id, user_id, after, limit])?.into_iter().map(Group::from).collect())
}

/// The groups that a user is in, as their tokens are made of them.
///
/// # Errors
/// [`StoreError`].
pub async fn memberships(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<Vec<Membership>, StoreError> {
    const SQL: &str = "SELECT g.group_name, g.role_arn, g.precedence FROM user_group_members m \
                       JOIN user_groups g ON g.pool_id = m.pool_id AND g.group_name = m.group_name \
                       WHERE m.pool_id = $1 AND m.user_id = $2 ORDER BY m.group_name LIMIT $3";
    let rows = fetch!(tx, fetch_all, MembershipRow, SQL, [pool_id, user_id, MOST_OF_A_USER])?;
    Ok(rows.into_iter().filter_map(MembershipRow::membership).collect())
}

/// How many groups a user is in.
///
/// # Errors
/// [`StoreError`].
pub async fn count_of_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM user_group_members WHERE pool_id = $1 AND user_id = $2";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, user_id])
}

/// A page of a group's members, by `sub`, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn members(tx: &mut Conn, group: &Group, after: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        user_columns!(),
        " FROM user_group_members m JOIN users u ON u.pool_id = m.pool_id AND u.user_id = m.user_id \
          WHERE m.pool_id = $1 AND m.group_name = $2 AND m.user_id > $3 ORDER BY m.user_id LIMIT $4"
    );
    fetch!(tx, fetch_all, UserRow, SQL, [&group.pool_id, &group.name, after, limit])?.into_iter().map(User::try_from).collect()
}
