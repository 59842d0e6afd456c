//! How many messages may still go to an address.

use super::{Conn, StoreError};
use crate::kit::id::UserPoolId;

/// Spends one message to an address, of those that come back every `interval` until the window is full again; `false` where
/// none is left, and then nothing is spent. Milliseconds.
///
/// # Errors
/// [`StoreError`].
pub async fn spend(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    address_hash: &str,
    (interval, window): (i64, i64),
    now: i64,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO message_budgets (pool_id, address_hash, spent_until) VALUES ($1, $2, $3 + $4) \
                       ON CONFLICT (pool_id, address_hash) DO UPDATE SET spent_until = \
                       CASE WHEN message_budgets.spent_until > $3 THEN message_budgets.spent_until ELSE $3 END + $4 \
                       WHERE message_budgets.spent_until + $4 <= $3 + $5";
    Ok(execute!(tx, SQL, [pool_id, address_hash, now, interval, window])? == 1)
}
