//! Messages to people, sealed: every node lists all of them.

use super::{Conn, StoreError};
use crate::crypto::sealed::{Json, Sealed};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::message::Message;

/// A message at rest.
#[derive(sqlx::FromRow)]
pub struct StoredMessage {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Its id.
    pub message_id: String,
    /// The content.
    pub sealed_message: Sealed<Json<Message>>,
    /// When it was sent: milliseconds.
    pub created_at: i64,
}

/// Adds a message.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    message_id: &str,
    sealed: &Sealed<Json<Message>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO outbox_messages (pool_id, message_id, sealed_message, created_at) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [pool_id, message_id, sealed, now.millis()]).map(drop)
}

/// The newest messages, of one pool or of all.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(tx: &mut Conn, pool_id: Option<&UserPoolId>, limit: i64) -> Result<Vec<StoredMessage>, StoreError> {
    const SQL: &str = "SELECT pool_id, message_id, sealed_message, created_at FROM outbox_messages \
                       WHERE ($1 = '' OR pool_id = $1) ORDER BY created_at DESC, message_id LIMIT $2";
    fetch!(tx, fetch_all, StoredMessage, SQL, [pool_id.map_or("", UserPoolId::as_str), limit])
}
