//! What waits to go where the logs of pools go: records, by pool and source, and when those of each are tried next.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// A record that waits.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    /// When it was queued: milliseconds.
    pub queued_at: i64,
    /// Its id.
    pub record_id: String,
    /// JSON, as it is delivered.
    pub record: String,
}

/// The records of a pool and source, of which some wait.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Stream {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The source, in the wire's word.
    pub event_source: String,
    /// How often in a row they could not be delivered.
    pub failures: i64,
}

/// Adds records, each with its id, and has them tried from now on unless older ones are put off. A pool that is gone gets none.
///
/// # Errors
/// [`StoreError`].
pub async fn add(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    event_source: &str,
    records: &[(String, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    const RECORD: &str = "INSERT INTO pool_log_records (pool_id, event_source, queued_at, record_id, record) \
                          SELECT pool_id, CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT) \
                          FROM user_pools WHERE pool_id = $1";
    const STREAM: &str = "INSERT INTO pool_log_streams (pool_id, event_source, due_at, failures) \
                          SELECT pool_id, CAST($2 AS TEXT), CAST($3 AS BIGINT), 0 FROM user_pools WHERE pool_id = $1 \
                          ON CONFLICT (pool_id, event_source) DO UPDATE SET due_at = excluded.due_at \
                          WHERE pool_log_streams.due_at IS NULL";
    for (id, record) in records {
        execute!(tx, RECORD, [pool_id, event_source, now.millis(), id, record])?;
    }
    execute!(tx, STREAM, [pool_id, event_source, now.millis()]).map(drop)
}

const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM \
                     (SELECT 1 FROM pool_log_records WHERE pool_id = $1 AND event_source = $2 LIMIT $3) AS waiting";

/// How many records of a pool and source wait; of more than `most`, that many.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut Conn, pool_id: &UserPoolId, event_source: &str, most: i64) -> Result<i64, StoreError> {
    scalar!(tx, fetch_one, i64, COUNT, [pool_id, event_source, most])
}

const DUE: &str = "SELECT pool_id, event_source, failures FROM pool_log_streams WHERE due_at <= $1 ORDER BY due_at LIMIT $2";

/// The streams that have been due longest.
///
/// # Errors
/// [`StoreError`].
pub async fn due(tx: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Stream>, StoreError> {
    fetch!(tx, fetch_all, Stream, DUE, [now.millis(), limit])
}

const OLDEST: &str = "SELECT queued_at, record_id, record FROM pool_log_records WHERE pool_id = $1 AND event_source = $2 \
                      ORDER BY queued_at, record_id LIMIT $3";

/// The records of a stream that wait longest.
///
/// # Errors
/// [`StoreError`].
pub async fn oldest(tx: &mut Conn, stream: &Stream, limit: i64) -> Result<Vec<Waiting>, StoreError> {
    fetch!(tx, fetch_all, Waiting, OLDEST, [&stream.pool_id, &stream.event_source, limit])
}

/// Takes away records that were delivered; the stream is due again if more wait.
///
/// # Errors
/// [`StoreError`].
pub async fn delivered(tx: &mut Conn, stream: &Stream, records: &[Waiting], now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM pool_log_records WHERE pool_id = $1 AND event_source = $2 AND queued_at = $3 AND record_id = $4";
    for record in records {
        execute!(tx, SQL, [&stream.pool_id, &stream.event_source, record.queued_at, &record.record_id])?;
    }
    let more = count(tx, &stream.pool_id, &stream.event_source, 1).await? > 0;
    set_due(tx, stream, more.then_some(now), 0).await
}

/// Has a stream wait that could not be delivered.
///
/// # Errors
/// [`StoreError`].
pub async fn put_off(tx: &mut Conn, stream: &Stream, until: Timestamp) -> Result<(), StoreError> {
    set_due(tx, stream, Some(until), stream.failures + 1).await
}

async fn set_due(tx: &mut Conn, stream: &Stream, due_at: Option<Timestamp>, failures: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE pool_log_streams SET due_at = $3, failures = $4 WHERE pool_id = $1 AND event_source = $2";
    execute!(tx, SQL, [&stream.pool_id, &stream.event_source, due_at.map(Timestamp::millis), failures]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::template;

    #[actix_web::test]
    async fn what_waits_is_found_by_an_index() {
        for sql in [COUNT, DUE, OLDEST] {
            let plan = template::plan(sql).await.join("\n");
            let scans = plan.lines().any(|line| line.contains("SCAN pool_log")) || plan.contains("TEMP B-TREE");
            assert!(!scans, "{plan}");
        }
    }
}
