//! Messages to people, sealed: every node lists all of them, and one at a time delivers each.

use super::{Conn, StoreError};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::message::Message;

/// `created_at` of a message that goes to nobody.
const WITHHELD: i64 = 0;

/// A message at rest.
#[derive(sqlx::FromRow)]
pub struct StoredMessage {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Its id.
    pub message_id: String,
    /// The content.
    pub sealed_message: Sealed<Message>,
    /// When it was sent: milliseconds.
    pub created_at: i64,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// It is delivered, from this moment on.
    Out(Timestamp),
    /// It stays in the outbox: nothing delivers its kind. This is when it was sent.
    Nowhere(Timestamp),
    /// It goes to nobody: it is as old as can be, so that no list shows it and the next sweep takes it.
    ToNobody,
}

/// Adds a message.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, pool_id: &UserPoolId, message_id: &str, sealed: &Sealed<Message>, goes: Goes) -> Result<(), StoreError> {
    const SQL: &str =
        "INSERT INTO outbox_messages (pool_id, message_id, sealed_message, created_at, due_at, attempts) VALUES ($1, $2, $3, $4, $5, 0)";
    let (created_at, due_at) = match goes {
        Goes::Out(now) => (now.millis(), Some(now.millis())),
        Goes::Nowhere(now) => (now.millis(), None),
        Goes::ToNobody => (WITHHELD, None),
    };
    execute!(tx, SQL, [pool_id, message_id, sealed, created_at, due_at]).map(drop)
}

/// The newest messages that were sent, of one pool or of all.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(tx: &mut Conn, pool_id: Option<&UserPoolId>, limit: i64) -> Result<Vec<StoredMessage>, StoreError> {
    const SQL: &str = "SELECT pool_id, message_id, sealed_message, created_at FROM outbox_messages \
                       WHERE created_at > $3 AND ($1 = '' OR pool_id = $1) ORDER BY created_at DESC, message_id LIMIT $2";
    fetch!(tx, fetch_all, StoredMessage, SQL, [pool_id.map_or("", UserPoolId::as_str), limit, WITHHELD])
}

/// A message that waits to be delivered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Its id.
    pub message_id: String,
    /// When it may be tried; of a message that a node holds, until when: milliseconds. Whoever settles it must name it.
    pub due_at: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was sent: milliseconds.
    pub created_at: i64,
}

/// The messages that have waited longest.
///
/// # Errors
/// [`StoreError`].
pub async fn due(tx: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Due>, StoreError> {
    const SQL: &str = "SELECT pool_id, message_id, due_at, attempts, created_at FROM outbox_messages WHERE due_at <= $1 \
                       ORDER BY due_at, message_id LIMIT $2";
    fetch!(tx, fetch_all, Due, SQL, [now.millis(), limit])
}

/// How many messages should have left before a moment and are still here; no more than so many are counted.
///
/// # Errors
/// [`StoreError`].
pub async fn count_late(tx: &mut Conn, before: Timestamp, most: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS late FROM outbox_messages WHERE due_at > 0 AND created_at <= $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [before.millis(), most])
}

/// Holds a message until a moment, if nobody else did meanwhile; then another node may try.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(tx: &mut Conn, due: &Due, until: Timestamp) -> Result<Option<StoredMessage>, StoreError> {
    const SQL: &str = "UPDATE outbox_messages SET due_at = $4, attempts = attempts + 1 WHERE pool_id = $1 AND message_id = $2 AND due_at = $3 \
                       RETURNING pool_id, message_id, sealed_message, created_at";
    fetch!(tx, fetch_optional, StoredMessage, SQL, [&due.pool_id, &due.message_id, due.due_at, until.millis()])
}

/// Says when a message that is held is due again; never, where there is no moment. `false` if it is not held any more.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(tx: &mut Conn, held: &Due, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE outbox_messages SET due_at = $4 WHERE pool_id = $1 AND message_id = $2 AND due_at = $3";
    Ok(execute!(tx, SQL, [&held.pool_id, &held.message_id, held.due_at, due_at.map(Timestamp::millis)])? == 1)
}

/// Removes a message that is held. `false` if it is not held any more.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(tx: &mut Conn, held: &Due) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM outbox_messages WHERE pool_id = $1 AND message_id = $2 AND due_at = $3";
    Ok(execute!(tx, SQL, [&held.pool_id, &held.message_id, held.due_at])? == 1)
}
