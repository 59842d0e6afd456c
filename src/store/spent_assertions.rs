//! SAML assertions that were exchanged, until they expire: each serves once.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// Spends an assertion; `false` if it was spent before, or its pool is gone. Of two who spend it at once, one does.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, pool_id: &UserPoolId, assertion_hash: &str, until: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO spent_assertions (pool_id, assertion_hash, expires_at) SELECT $1, $2, $3 \
                       WHERE EXISTS (SELECT 1 FROM user_pools WHERE pool_id = $1) ON CONFLICT (pool_id, assertion_hash) DO NOTHING";
    Ok(execute!(tx, SQL, [pool_id, assertion_hash, until.millis()])? == 1)
}
