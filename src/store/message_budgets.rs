//! How many messages may still go to an address.

use super::{Conn, StoreError};
use crate::kit::id::UserPoolId;

/// How many messages may go to an address.
#[derive(Clone, Copy)]
pub struct Rate {
    /// How long it takes until one that was spent is back: milliseconds.
    pub interval_millis: i64,
    /// How long it takes until all of them are: milliseconds.
    pub window_millis: i64,
}

/// Spends one message to an address; `false` where none is left, and then nothing is spent. `now` is in milliseconds.
///
/// # Errors
/// [`StoreError`].
pub async fn spend(tx: &mut Conn, pool_id: &UserPoolId, address_hash: &str, rate: Rate, now: i64) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO message_budgets (pool_id, address_hash, spent_until) VALUES ($1, $2, $3 + $4) \
                       ON CONFLICT (pool_id, address_hash) DO UPDATE SET spent_until = \
                       CASE WHEN message_budgets.spent_until > $3 THEN message_budgets.spent_until ELSE $3 END + $4 \
                       WHERE message_budgets.spent_until + $4 <= $3 + $5";
    Ok(execute!(tx, SQL, [pool_id, address_hash, now, rate.interval_millis, rate.window_millis])? == 1)
}
