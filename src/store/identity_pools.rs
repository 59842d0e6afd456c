//! Identity pools, identities and their logins.

use super::{Conn, StoreError, doc};
use crate::identitypools::pool::{IdentityPool, Roles};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, IdentityId, IdentityPoolId, UserId};

#[derive(sqlx::FromRow)]
struct PoolRow {
    identity_pool_id: IdentityPoolId,
    account_id: AccountId,
    region: String,
    name: String,
    configuration: String,
    roles: String,
    created_at: i64,
}

impl TryFrom<PoolRow> for IdentityPool {
    type Error = StoreError;

    fn try_from(row: PoolRow) -> Result<Self, StoreError> {
        Ok(Self {
            configuration: doc::from_text("identity_pools", "configuration", row.identity_pool_id.as_str(), &row.configuration)?,
            roles: doc::from_text("identity_pools", "roles", row.identity_pool_id.as_str(), &row.roles)?,
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
    const SQL: &str = "INSERT INTO identity_pools (identity_pool_id, account_id, region, name, configuration, roles, created_at, \
                       modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let configuration = doc::to_text("identity_pools", "configuration", pool.id.as_str(), &pool.configuration)?;
    let roles = doc::to_text("identity_pools", "roles", pool.id.as_str(), &pool.roles)?;
    execute!(tx, SQL, [&pool.id, &pool.account_id, &pool.region, &pool.name, configuration, roles, pool.created_at.millis()]).map(drop)
}

/// An identity pool by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, identity_pool_id: &IdentityPoolId) -> Result<Option<IdentityPool>, StoreError> {
    const SQL: &str = "SELECT identity_pool_id, account_id, region, name, configuration, roles, created_at \
                       FROM identity_pools WHERE identity_pool_id = $1";
    fetch!(tx, fetch_optional, PoolRow, SQL, [identity_pool_id])?.map(IdentityPool::try_from).transpose()
}

/// Replaces the roles of an identity pool.
///
/// # Errors
/// [`StoreError`].
pub async fn set_roles(tx: &mut Conn, identity_pool_id: &IdentityPoolId, roles: &Roles, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE identity_pools SET roles = $2, modified_at = $3 WHERE identity_pool_id = $1";
    let roles = doc::to_text("identity_pools", "roles", identity_pool_id.as_str(), roles)?;
    execute!(tx, SQL, [identity_pool_id, roles, now.millis()]).map(drop)
}

/// An identity.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Identity {
    /// Its pool.
    pub identity_pool_id: IdentityPoolId,
    /// Its id.
    pub identity_id: IdentityId,
    /// Whether it has ever had a login (1 or 0): such an identity is no guest's.
    pub authenticated: i16,
}

/// An identity by its id alone, through the directory.
///
/// # Errors
/// [`StoreError`].
pub async fn find_identity(tx: &mut Conn, identity_id: &IdentityId) -> Result<Option<Identity>, StoreError> {
    const SQL: &str = "SELECT i.identity_pool_id, i.identity_id, i.authenticated FROM identity_directory d \
                       JOIN identities i ON i.identity_pool_id = d.identity_pool_id AND i.identity_id = d.identity_id \
                       WHERE d.identity_id = $1";
    fetch!(tx, fetch_optional, Identity, SQL, [identity_id])
}

/// Inserts a new identity, and its entry in the directory.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_identity(tx: &mut Conn, identity: &Identity, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO identities (identity_pool_id, identity_id, authenticated, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $4)";
    const DIRECTORY: &str = "INSERT INTO identity_directory (identity_id, identity_pool_id) VALUES ($1, $2)";
    execute!(tx, SQL, [&identity.identity_pool_id, &identity.identity_id, identity.authenticated, now.millis()])?;
    execute!(tx, DIRECTORY, [&identity.identity_id, &identity.identity_pool_id]).map(drop)
}

/// Notes that an identity has a login now.
///
/// # Errors
/// [`StoreError`].
pub async fn set_authenticated(tx: &mut Conn, identity: &Identity, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE identities SET authenticated = 1, modified_at = $3 WHERE identity_pool_id = $1 AND identity_id = $2";
    execute!(tx, SQL, [&identity.identity_pool_id, &identity.identity_id, now.millis()]).map(drop)
}

/// The identity that a login belongs to.
///
/// # Errors
/// [`StoreError`].
pub async fn login_owner(tx: &mut Conn, pool: &IdentityPoolId, provider: &str, subject: &UserId) -> Result<Option<IdentityId>, StoreError> {
    const SQL: &str = "SELECT identity_id FROM identity_logins WHERE identity_pool_id = $1 AND provider = $2 AND subject = $3";
    scalar!(tx, fetch_optional, IdentityId, SQL, [pool, provider, subject])
}

/// Gives a login to an identity. A login that has an owner fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_login(tx: &mut Conn, identity: &Identity, provider: &str, subject: &UserId) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO identity_logins (identity_pool_id, provider, subject, identity_id) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [&identity.identity_pool_id, provider, subject, &identity.identity_id]).map(drop)
}
