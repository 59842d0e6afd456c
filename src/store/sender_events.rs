//! Messages that wait for the function of their pool that delivers them.

use super::{Conn, StoreError};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::message::SenderEvent;

/// One that waits.
#[derive(sqlx::FromRow)]
pub struct Waiting {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Its id.
    pub event_id: String,
    /// What the function is called with.
    pub sealed_event: Sealed<SenderEvent>,
}

/// Adds one.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    event_id: &str,
    sealed: &Sealed<SenderEvent>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO sender_events (pool_id, event_id, sealed_event, queued_at) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [pool_id, event_id, sealed, now.millis()]).map(drop)
}

/// Those that wait longest.
///
/// # Errors
/// [`StoreError`].
pub async fn oldest(tx: &mut Conn, limit: i64) -> Result<Vec<Waiting>, StoreError> {
    const SQL: &str = "SELECT pool_id, event_id, sealed_event FROM sender_events ORDER BY queued_at, event_id LIMIT $1";
    fetch!(tx, fetch_all, Waiting, SQL, [limit])
}

/// Takes one away.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, event_id: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM sender_events WHERE pool_id = $1 AND event_id = $2";
    execute!(tx, SQL, [pool_id, event_id]).map(drop)
}
