//! Client ID metadata documents: the policies that take them, and those that were fetched.

use super::{Conn, StoreError, doc};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::cimd::{CachedDocument, CimdPolicy};

#[derive(sqlx::FromRow)]
struct PolicyRow {
    pool_id: UserPoolId,
    cimd_policy_id: String,
    app_client_id: Option<ClientId>,
    name: String,
    cache_seconds: i64,
    url_patterns: String,
    created_at: i64,
    modified_at: i64,
}

impl TryFrom<PolicyRow> for CimdPolicy {
    type Error = StoreError;

    fn try_from(row: PolicyRow) -> Result<Self, StoreError> {
        Ok(Self {
            url_patterns: doc::from_text("cimd_policies", "url_patterns", &row.cimd_policy_id, &row.url_patterns)?,
            pool_id: row.pool_id,
            id: row.cimd_policy_id,
            client_id: row.app_client_id,
            name: row.name,
            cache_seconds: row.cache_seconds,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

fn patterns(policy: &CimdPolicy) -> Result<String, StoreError> {
    doc::to_text("cimd_policies", "url_patterns", &policy.id, &policy.url_patterns)
}

/// Adds a policy.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, policy: &CimdPolicy) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO cimd_policies (pool_id, cimd_policy_id, app_client_id, name, cache_seconds, url_patterns, created_at, \
                       modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let CimdPolicy { pool_id, id, client_id, name, cache_seconds, created_at, .. } = policy;
    execute!(tx, SQL, [pool_id, id, client_id, name, *cache_seconds, patterns(policy)?, created_at.millis()]).map(drop)
}

/// A policy of a pool.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Option<CimdPolicy>, StoreError> {
    const SQL: &str = "SELECT pool_id, cimd_policy_id, app_client_id, name, cache_seconds, url_patterns, created_at, modified_at \
                       FROM cimd_policies WHERE pool_id = $1 AND cimd_policy_id = $2";
    fetch!(tx, fetch_optional, PolicyRow, SQL, [pool_id, id])?.map(CimdPolicy::try_from).transpose()
}

/// A page of a pool's policies, by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<CimdPolicy>, StoreError> {
    const SQL: &str = "SELECT pool_id, cimd_policy_id, app_client_id, name, cache_seconds, url_patterns, created_at, modified_at \
                       FROM cimd_policies WHERE pool_id = $1 AND cimd_policy_id > $2 ORDER BY cimd_policy_id LIMIT $3";
    fetch!(tx, fetch_all, PolicyRow, SQL, [pool_id, after, limit])?.into_iter().map(CimdPolicy::try_from).collect()
}

/// How many policies a pool has, counted no further than `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut Conn, pool_id: &UserPoolId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM cimd_policies WHERE pool_id = $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, limit])
}

/// Replaces what a policy is.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, policy: &CimdPolicy) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE cimd_policies SET app_client_id = $3, name = $4, cache_seconds = $5, url_patterns = $6, modified_at = $7 \
                       WHERE pool_id = $1 AND cimd_policy_id = $2";
    let CimdPolicy { pool_id, id, client_id, name, cache_seconds, modified_at, .. } = policy;
    execute!(tx, SQL, [pool_id, id, client_id, name, *cache_seconds, patterns(policy)?, modified_at.millis()]).map(drop)
}

/// Deletes a policy and what was fetched for it; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<bool, StoreError> {
    const DOCUMENTS: &str = "DELETE FROM client_metadata_documents WHERE pool_id = $1 AND cimd_policy_id = $2";
    const SQL: &str = "DELETE FROM cimd_policies WHERE pool_id = $1 AND cimd_policy_id = $2";
    execute!(tx, DOCUMENTS, [pool_id, id])?;
    Ok(execute!(tx, SQL, [pool_id, id])? == 1)
}

/// Lets policies forget a client that is gone.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn forget_client(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE cimd_policies SET app_client_id = NULL WHERE pool_id = $1 AND app_client_id = $2";
    execute!(tx, SQL, [pool_id, client_id]).map(drop)
}

#[derive(sqlx::FromRow)]
struct DocumentRow {
    url: String,
    document: String,
    cached_at: i64,
    expires_at: i64,
}

impl From<DocumentRow> for CachedDocument {
    fn from(row: DocumentRow) -> Self {
        Self {
            url: row.url,
            document: row.document,
            cached_at: Timestamp::from_millis(row.cached_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

/// Remembers what was fetched for a policy.
///
/// # Errors
/// [`StoreError`].
pub async fn remember(tx: &mut Conn, policy: &CimdPolicy, fetched: &CachedDocument) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO client_metadata_documents (pool_id, cimd_policy_id, url, document, is_stale, cached_at, expires_at) \
                       VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (pool_id, cimd_policy_id, url) \
                       DO UPDATE SET document = $4, is_stale = 0, cached_at = $5, expires_at = $6";
    let CachedDocument { url, document, cached_at, expires_at } = fetched;
    execute!(tx, SQL, [&policy.pool_id, &policy.id, url, document, cached_at.millis(), expires_at.millis()]).map(drop)
}

/// What is remembered of an address and may still be believed.
///
/// # Errors
/// [`StoreError`].
pub async fn remembered(tx: &mut Conn, policy: &CimdPolicy, url: &str, now: Timestamp) -> Result<Option<CachedDocument>, StoreError> {
    const SQL: &str = "SELECT url, document, cached_at, expires_at FROM client_metadata_documents \
                       WHERE pool_id = $1 AND cimd_policy_id = $2 AND url = $3 AND is_stale = 0 AND expires_at > $4";
    let row = fetch!(tx, fetch_optional, DocumentRow, SQL, [&policy.pool_id, &policy.id, url, now.millis()])?;
    Ok(row.map(CachedDocument::from))
}

/// A page of what is remembered for a policy, by address, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn documents(
    tx: &mut Conn,
    policy: &CimdPolicy,
    now: Timestamp,
    after: &str,
    limit: i64,
) -> Result<Vec<CachedDocument>, StoreError> {
    const SQL: &str = "SELECT url, document, cached_at, expires_at FROM client_metadata_documents \
                       WHERE pool_id = $1 AND cimd_policy_id = $2 AND url > $3 AND expires_at > $4 ORDER BY url LIMIT $5";
    let rows = fetch!(tx, fetch_all, DocumentRow, SQL, [&policy.pool_id, &policy.id, after, now.millis(), limit])?;
    Ok(rows.into_iter().map(CachedDocument::from).collect())
}

/// Lets what is remembered of an address be fetched again before it is believed; `false` if nothing is remembered.
///
/// # Errors
/// [`StoreError`].
pub async fn doubt(tx: &mut Conn, policy: &CimdPolicy, url: &str, now: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE client_metadata_documents SET is_stale = 1 \
                       WHERE pool_id = $1 AND cimd_policy_id = $2 AND url = $3 AND expires_at > $4";
    Ok(execute!(tx, SQL, [&policy.pool_id, &policy.id, url, now.millis()])? == 1)
}

/// Forgets all that was fetched for a policy.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_all(tx: &mut Conn, policy: &CimdPolicy) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM client_metadata_documents WHERE pool_id = $1 AND cimd_policy_id = $2";
    execute!(tx, SQL, [&policy.pool_id, &policy.id]).map(drop)
}

/// Forgets an address; `false` if nothing is remembered.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Conn, policy: &CimdPolicy, url: &str, now: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM client_metadata_documents \
                       WHERE pool_id = $1 AND cimd_policy_id = $2 AND url = $3 AND expires_at > $4";
    Ok(execute!(tx, SQL, [&policy.pool_id, &policy.id, url, now.millis()])? == 1)
}
