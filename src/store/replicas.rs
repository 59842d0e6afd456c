//! The regions that serve a pool beside its own.

use super::changes::Change;
use super::{Conn, StoreError, doc};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::replica::{Replica, ReplicaStatus};

#[derive(sqlx::FromRow)]
struct ReplicaRow {
    pool_id: UserPoolId,
    region: String,
    status: String,
    tags: String,
    created_at: i64,
}

impl TryFrom<ReplicaRow> for Replica {
    type Error = StoreError;

    fn try_from(row: ReplicaRow) -> Result<Self, StoreError> {
        let id = row.pool_id.as_str();
        Ok(Self {
            status: ReplicaStatus::parse(&row.status).ok_or_else(|| StoreError::corrupt("pool_replicas", "status", id))?,
            tags: doc::from_text("pool_replicas", "tags", id, &row.tags)?,
            pool_id: row.pool_id,
            region: row.region,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Adds a replica; `false` if the region has one.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, replica: &Replica) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO pool_replicas (pool_id, region, status, tags, created_at) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (pool_id, region) DO NOTHING";
    let tags = doc::to_text("pool_replicas", "tags", replica.pool_id.as_str(), &replica.tags)?;
    let created_at = replica.created_at.millis();
    let inserted = execute!(tx, SQL, [&replica.pool_id, &replica.region, replica.status.as_str(), tags, created_at])?;
    tx.changed(Change::Pool(replica.pool_id.clone()));
    Ok(inserted == 1)
}

/// The replica of a pool in a region.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, region: &str) -> Result<Option<Replica>, StoreError> {
    const SQL: &str = "SELECT pool_id, region, status, tags, created_at FROM pool_replicas WHERE pool_id = $1 AND region = $2";
    fetch!(tx, fetch_optional, ReplicaRow, SQL, [pool_id, region])?.map(Replica::try_from).transpose()
}

/// The replicas of a pool, by region: there are fewer of them than regions.
///
/// # Errors
/// [`StoreError`].
pub async fn of_pool(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<Replica>, StoreError> {
    const SQL: &str = "SELECT pool_id, region, status, tags, created_at FROM pool_replicas WHERE pool_id = $1 ORDER BY region LIMIT 100";
    fetch!(tx, fetch_all, ReplicaRow, SQL, [pool_id])?.into_iter().map(Replica::try_from).collect()
}

/// Replaces status and tags of a replica.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, replica: &Replica) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE pool_replicas SET status = $3, tags = $4 WHERE pool_id = $1 AND region = $2";
    let tags = doc::to_text("pool_replicas", "tags", replica.pool_id.as_str(), &replica.tags)?;
    execute!(tx, SQL, [&replica.pool_id, &replica.region, replica.status.as_str(), tags])?;
    tx.changed(Change::Pool(replica.pool_id.clone()));
    Ok(())
}

/// Deletes a replica; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, region: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM pool_replicas WHERE pool_id = $1 AND region = $2";
    tx.changed(Change::Pool(pool_id.clone()));
    Ok(execute!(tx, SQL, [pool_id, region])? == 1)
}
