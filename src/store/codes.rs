//! Verification codes: one a user and purpose, the newest; tries and resends are counted across codes.

use super::{Conn, StoreError};
use crate::kit::id::{UserId, UserPoolId};

/// A code at rest, and its counters. One that was never stored counts nothing.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct CodeRecord {
    /// The keyed hash; absent once it was used or its tries are spent, and where there is nobody to send one to.
    pub code_hash: Option<String>,
    /// The attribute that it verifies.
    pub attribute: Option<String>,
    /// When the code stops being accepted.
    pub code_expires_at: i64,
    /// Wrong tries at this code.
    pub code_failed_attempts: i64,
    /// Tries in the present window.
    pub failed_attempts: i64,
    /// Codes asked for in the present window.
    pub sent_count: i64,
    /// When the present window began.
    pub window_started_at: i64,
    /// When the row can go.
    pub expires_at: i64,
}

/// The code of a user, or of a name that nobody has, for a purpose.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, holder_id: &str, purpose: &str) -> Result<Option<CodeRecord>, StoreError> {
    const SQL: &str = "SELECT code_hash, attribute, code_expires_at, code_failed_attempts, failed_attempts, sent_count, \
                       window_started_at, expires_at FROM verification_codes WHERE pool_id = $1 AND user_id = $2 AND purpose = $3";
    fetch!(tx, fetch_optional, CodeRecord, SQL, [pool_id, holder_id, purpose])
}

/// Stores a record in place of the last one.
///
/// # Errors
/// [`StoreError`].
pub async fn put(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    holder_id: &str,
    purpose: &str,
    record: &CodeRecord,
    now: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO verification_codes (pool_id, user_id, purpose, code_hash, attribute, sent_at, expires_at, \
                       failed_attempts, sent_count, window_started_at, code_expires_at, code_failed_attempts) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                       ON CONFLICT (pool_id, user_id, purpose) DO UPDATE SET code_hash = $4, attribute = $5, sent_at = $6, \
                       expires_at = $7, failed_attempts = $8, sent_count = $9, window_started_at = $10, code_expires_at = $11, \
                       code_failed_attempts = $12";
    execute!(
        tx,
        SQL,
        [
            pool_id,
            holder_id,
            purpose,
            &record.code_hash,
            &record.attribute,
            now,
            record.expires_at,
            record.failed_attempts,
            record.sent_count,
            record.window_started_at,
            record.code_expires_at,
            record.code_failed_attempts
        ]
    )
    .map(drop)
}

/// Ends what codes are under way to an address of a user; what is counted with them stays counted.
///
/// # Errors
/// [`StoreError`].
pub async fn kill(tx: &mut Conn, pool_id: &UserPoolId, holder_id: &str, attribute: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE verification_codes SET code_hash = NULL WHERE pool_id = $1 AND user_id = $2 AND attribute = $3";
    execute!(tx, SQL, [pool_id, holder_id, attribute]).map(drop)
}

/// Ends the code of a user for a purpose; what is counted with it stays counted.
///
/// # Errors
/// [`StoreError`].
pub async fn kill_purpose(tx: &mut Conn, pool_id: &UserPoolId, holder_id: &str, purpose: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE verification_codes SET code_hash = NULL WHERE pool_id = $1 AND user_id = $2 AND purpose = $3";
    execute!(tx, SQL, [pool_id, holder_id, purpose]).map(drop)
}

/// Ends every code of a user; what is counted with them stays counted.
///
/// # Errors
/// [`StoreError`].
pub async fn kill_all(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE verification_codes SET code_hash = NULL WHERE pool_id = $1 AND user_id = $2";
    execute!(tx, SQL, [pool_id, user_id]).map(drop)
}
