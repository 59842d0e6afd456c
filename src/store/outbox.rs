//! Messages to people, sealed: every node lists all of them.

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

/// Adds a message; one without a moment was withheld: it is as old as can be, so that no list shows it and the next sweep
/// takes it. Whatever delivers messages passes it by alike.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    message_id: &str,
    sealed: &Sealed<Message>,
    sent_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO outbox_messages (pool_id, message_id, sealed_message, created_at) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [pool_id, message_id, sealed, sent_at.map_or(WITHHELD, Timestamp::millis)]).map(drop)
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
