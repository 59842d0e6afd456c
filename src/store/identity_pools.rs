//! Identity pools, identities and their logins.

mod identities;

pub use identities::{
    Described, Identity, delete_identity, delete_login, describe_identity, find_identity, insert_identity, insert_login, list_identities,
    login_owner, logins_of, move_logins, providers_of, set_authenticated, user_identifiers,
};

use super::{Conn, StoreError, doc};
use crate::identitypools::pool::{IdentityPool, IdentityPoolConfiguration, Roles};
use crate::identitypools::principal_tags::{AttributeMaps, Tags};
use crate::identitypools::role_choice::RoleMappings;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, IdentityPoolId};

#[derive(sqlx::FromRow)]
struct PoolRow {
    identity_pool_id: IdentityPoolId,
    account_id: AccountId,
    region: String,
    name: String,
    configuration: String,
    roles: String,
    role_mappings: String,
    principal_tags: String,
    tags: String,
    created_at: i64,
}

impl TryFrom<PoolRow> for IdentityPool {
    type Error = StoreError;

    fn try_from(row: PoolRow) -> Result<Self, StoreError> {
        let id = row.identity_pool_id.as_str();
        Ok(Self {
            configuration: doc::from_text("identity_pools", "configuration", id, &row.configuration)?,
            roles: doc::from_text("identity_pools", "roles", id, &row.roles)?,
            role_mappings: doc::from_text("identity_pools", "role_mappings", id, &row.role_mappings)?,
            principal_tags: doc::from_text("identity_pools", "principal_tags", id, &row.principal_tags)?,
            tags: doc::from_text("identity_pools", "tags", id, &row.tags)?,
            id: row.identity_pool_id,
            account_id: row.account_id,
            region: row.region,
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Inserts a new identity pool.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, pool: &IdentityPool) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO identity_pools (identity_pool_id, account_id, region, name, configuration, roles, tags, created_at, \
                       modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let tags = doc::to_text("identity_pools", "tags", pool.id.as_str(), &pool.tags)?;
    let configuration = doc::to_text("identity_pools", "configuration", pool.id.as_str(), &pool.configuration)?;
    let roles = doc::to_text("identity_pools", "roles", pool.id.as_str(), &pool.roles)?;
    execute!(tx, SQL, [&pool.id, &pool.account_id, &pool.region, &pool.name, configuration, roles, tags, pool.created_at.millis()])
        .map(drop)
}

/// An identity pool by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, identity_pool_id: &IdentityPoolId) -> Result<Option<IdentityPool>, StoreError> {
    const SQL: &str = "SELECT identity_pool_id, account_id, region, name, configuration, roles, role_mappings, principal_tags, tags, \
                       created_at FROM identity_pools WHERE identity_pool_id = $1";
    fetch!(tx, fetch_optional, PoolRow, SQL, [identity_pool_id])?.map(IdentityPool::try_from).transpose()
}

/// A page of the identity pools of an account in a region, by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, account_id: &AccountId, region: &str, after: &str, limit: i64) -> Result<Vec<IdentityPool>, StoreError> {
    const SQL: &str = "SELECT identity_pool_id, account_id, region, name, configuration, roles, role_mappings, principal_tags, tags, \
                       created_at FROM identity_pools WHERE account_id = $1 AND region = $2 AND identity_pool_id > $3 ORDER BY identity_pool_id LIMIT $4";
    fetch!(tx, fetch_all, PoolRow, SQL, [account_id, region, after, limit])?.into_iter().map(IdentityPool::try_from).collect()
}

/// Whether an identity pool is there.
///
/// # Errors
/// [`StoreError`].
pub async fn exists(tx: &mut Conn, identity_pool_id: &IdentityPoolId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT identity_pool_id FROM identity_pools WHERE identity_pool_id = $1";
    Ok(scalar!(tx, fetch_optional, String, SQL, [identity_pool_id])?.is_some())
}

/// Replaces name and configuration of an identity pool; `false` if it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn update(
    tx: &mut Conn,
    identity_pool_id: &IdentityPoolId,
    name: &str,
    configuration: &IdentityPoolConfiguration,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE identity_pools SET name = $2, configuration = $3, modified_at = $4 WHERE identity_pool_id = $1";
    let configuration = doc::to_text("identity_pools", "configuration", identity_pool_id.as_str(), configuration)?;
    Ok(execute!(tx, SQL, [identity_pool_id, name, configuration, now.millis()])? == 1)
}

/// Deletes an identity pool with its identities and their logins; `false` if it is gone already.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, identity_pool_id: &IdentityPoolId) -> Result<bool, StoreError> {
    // The directory is by identity alone, so its rows are found by the identities.
    const OF_POOL: [&str; 3] = [
        "DELETE FROM identity_directory WHERE identity_id IN (SELECT identity_id FROM identities WHERE identity_pool_id = $1)",
        "DELETE FROM identity_logins WHERE identity_pool_id = $1",
        "DELETE FROM identities WHERE identity_pool_id = $1",
    ];
    const SQL: &str = "DELETE FROM identity_pools WHERE identity_pool_id = $1";
    for sql in OF_POOL {
        execute!(tx, sql, [identity_pool_id])?;
    }
    Ok(execute!(tx, SQL, [identity_pool_id])? == 1)
}

/// Replaces the roles of an identity pool, and whose they are; `false` if it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn set_roles(
    tx: &mut Conn,
    identity_pool_id: &IdentityPoolId,
    roles: &Roles,
    mappings: &RoleMappings,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE identity_pools SET roles = $2, role_mappings = $3, modified_at = $4 WHERE identity_pool_id = $1";
    let roles = doc::to_text("identity_pools", "roles", identity_pool_id.as_str(), roles)?;
    let mappings = doc::to_text("identity_pools", "role_mappings", identity_pool_id.as_str(), mappings)?;
    Ok(execute!(tx, SQL, [identity_pool_id, roles, mappings, now.millis()])? == 1)
}

/// Replaces the attribute maps of an identity pool.
///
/// # Errors
/// [`StoreError`].
pub async fn set_principal_tags(tx: &mut Conn, pool: &IdentityPoolId, maps: &AttributeMaps, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE identity_pools SET principal_tags = $2, modified_at = $3 WHERE identity_pool_id = $1";
    let maps = doc::to_text("identity_pools", "principal_tags", pool.as_str(), maps)?;
    execute!(tx, SQL, [pool, maps, now.millis()]).map(drop)
}

/// Replaces the tags of an identity pool.
///
/// # Errors
/// [`StoreError`].
pub async fn set_tags(tx: &mut Conn, pool: &IdentityPoolId, tags: &Tags, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE identity_pools SET tags = $2, modified_at = $3 WHERE identity_pool_id = $1";
    let tags = doc::to_text("identity_pools", "tags", pool.as_str(), tags)?;
    execute!(tx, SQL, [pool, tags, now.millis()]).map(drop)
}
