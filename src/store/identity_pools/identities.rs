//! Identities, the directory that finds them by their ids alone, and their logins.

use std::collections::BTreeMap;

use crate::kit::clock::Timestamp;
use crate::kit::id::{IdentityId, IdentityPoolId};
use crate::store::{Conn, StoreError};

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
pub async fn login_owner(tx: &mut Conn, pool: &IdentityPoolId, provider: &str, subject: &str) -> Result<Option<IdentityId>, StoreError> {
    const SQL: &str = "SELECT identity_id FROM identity_logins WHERE identity_pool_id = $1 AND provider = $2 AND subject = $3";
    scalar!(tx, fetch_optional, IdentityId, SQL, [pool, provider, subject])
}

/// Gives a login to an identity, with the name that a developer has for the user. A login that has an owner fails with a unique
/// violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_login(
    tx: &mut Conn,
    identity: &Identity,
    provider: &str,
    subject: &str,
    user_identifier: Option<&str>,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO identity_logins (identity_pool_id, provider, subject, identity_id, user_identifier) \
                       VALUES ($1, $2, $3, $4, $5)";
    execute!(tx, SQL, [&identity.identity_pool_id, provider, subject, &identity.identity_id, user_identifier]).map(drop)
}

/// Takes a login from an identity; `false` if it was not its own.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_login(tx: &mut Conn, identity: &Identity, provider: &str, subject: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM identity_logins WHERE identity_pool_id = $1 AND provider = $2 AND subject = $3 AND identity_id = $4";
    Ok(execute!(tx, SQL, [&identity.identity_pool_id, provider, subject, &identity.identity_id])? == 1)
}

/// The logins of an identity: provider and subject of each, in order. An identity has a few.
///
/// # Errors
/// [`StoreError`].
pub async fn logins_of(tx: &mut Conn, pool: &IdentityPoolId, identity_id: &IdentityId) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT provider, subject FROM identity_logins WHERE identity_pool_id = $1 AND identity_id = $2";
    let mut logins = fetch!(tx, fetch_all, (String, String), SQL, [pool, identity_id])?;
    logins.sort_unstable();
    Ok(logins)
}

/// The providers of an identity's logins: each once, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn providers_of(tx: &mut Conn, pool: &IdentityPoolId, identity_id: &IdentityId) -> Result<Vec<String>, StoreError> {
    Ok(sorted(logins_of(tx, pool, identity_id).await?.into_iter().map(|(provider, _)| provider).collect()))
}

/// Gives all logins of an identity to another of its pool.
///
/// # Errors
/// [`StoreError`].
pub async fn move_logins(tx: &mut Conn, from: &Identity, to: &IdentityId, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE identity_logins SET identity_id = $3 WHERE identity_pool_id = $1 AND identity_id = $2";
    const TOUCH: &str = "UPDATE identities SET modified_at = $3 WHERE identity_pool_id = $1 AND identity_id = $2";
    execute!(tx, SQL, [&from.identity_pool_id, &from.identity_id, to])?;
    execute!(tx, TOUCH, [&from.identity_pool_id, to, now.millis()]).map(drop)
}

/// A page of the names that a developer has for an identity: subject and name of each, by subject, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn user_identifiers(
    tx: &mut Conn,
    identity: &Identity,
    provider: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT subject, user_identifier FROM identity_logins WHERE identity_pool_id = $1 AND identity_id = $2 \
                       AND provider = $3 AND subject > $4 AND user_identifier IS NOT NULL ORDER BY subject LIMIT $5";
    fetch!(tx, fetch_all, (String, String), SQL, [&identity.identity_pool_id, &identity.identity_id, provider, after, limit])
}

/// An identity and what it consists of.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its id.
    pub identity_id: IdentityId,
    /// The providers of its logins; none for a guest's.
    pub providers: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last got a login.
    pub modified_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct DescribedRow {
    identity_id: IdentityId,
    created_at: i64,
    modified_at: i64,
}

impl DescribedRow {
    fn with(self, providers: Vec<String>) -> Described {
        let (created_at, modified_at) = (Timestamp::from_millis(self.created_at), Timestamp::from_millis(self.modified_at));
        Described { identity_id: self.identity_id, providers, created_at, modified_at }
    }
}

/// A page of the identities of a pool, by id, after `after`, with their providers.
///
/// # Errors
/// [`StoreError`].
pub async fn list_identities(tx: &mut Conn, pool: &IdentityPoolId, after: &str, limit: i64) -> Result<Vec<Described>, StoreError> {
    const SQL: &str = "SELECT identity_id, created_at, modified_at FROM identities \
                       WHERE identity_pool_id = $1 AND identity_id > $2 ORDER BY identity_id LIMIT $3";
    const LOGINS: &str = "SELECT identity_id, provider FROM identity_logins \
                          WHERE identity_pool_id = $1 AND identity_id > $2 AND identity_id <= $3";
    let rows = fetch!(tx, fetch_all, DescribedRow, SQL, [pool, after, limit])?;
    let Some(last) = rows.last().map(|row| row.identity_id.clone()) else { return Ok(Vec::new()) };
    let mut providers: BTreeMap<IdentityId, Vec<String>> = BTreeMap::new();
    for (identity_id, provider) in fetch!(tx, fetch_all, (IdentityId, String), LOGINS, [pool, after, last])? {
        providers.entry(identity_id).or_default().push(provider);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let providers = providers.remove(&row.identity_id).unwrap_or_default();
            row.with(sorted(providers))
        })
        .collect())
}

/// An identity of a pool, with its providers.
///
/// # Errors
/// [`StoreError`].
pub async fn describe_identity(tx: &mut Conn, identity: &Identity) -> Result<Option<Described>, StoreError> {
    const SQL: &str = "SELECT identity_id, created_at, modified_at FROM identities WHERE identity_pool_id = $1 AND identity_id = $2";
    let (pool, id) = (&identity.identity_pool_id, &identity.identity_id);
    let Some(row) = fetch!(tx, fetch_optional, DescribedRow, SQL, [pool, id])? else { return Ok(None) };
    let providers = providers_of(tx, pool, id).await?;
    Ok(Some(row.with(providers)))
}

/// Each provider once, in order: a pool's users may have several logins of one.
fn sorted(mut providers: Vec<String>) -> Vec<String> {
    providers.sort_unstable();
    providers.dedup();
    providers
}

/// Deletes an identity with its logins.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_identity(tx: &mut Conn, identity: &Identity) -> Result<(), StoreError> {
    const OF_POOL: [&str; 2] = [
        "DELETE FROM identity_logins WHERE identity_pool_id = $1 AND identity_id = $2",
        "DELETE FROM identities WHERE identity_pool_id = $1 AND identity_id = $2",
    ];
    const DIRECTORY: &str = "DELETE FROM identity_directory WHERE identity_id = $1";
    for sql in OF_POOL {
        execute!(tx, sql, [&identity.identity_pool_id, &identity.identity_id])?;
    }
    execute!(tx, DIRECTORY, [&identity.identity_id]).map(drop)
}
