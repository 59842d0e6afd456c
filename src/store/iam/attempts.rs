//! Tries at the secrets of IAM users, counted by a hash of whom they were for: the same rows for users and for names that nobody
//! has.

use crate::kit::clock::Timestamp;
use crate::kit::id::AccountId;
use crate::store::attempts::Target;
use crate::store::{Conn, StoreError};
use crate::userpools::lockout::{self, Factor};

/// Charges a try before it is judged; `false` while the target is locked. Charging first makes the count exact however many tries
/// run at once, on however many nodes.
///
/// # Errors
/// [`StoreError`].
pub async fn charge_attempt(
    tx: &mut Conn,
    account_id: &AccountId,
    target: &Target,
    factor: Factor,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const CHARGE: &str = "INSERT INTO iam_sign_in_attempts (account_id, name_hash, factor, attempts, fades_at) \
                          VALUES ($1, $2, $3, 1, $5) ON CONFLICT (account_id, name_hash, factor) DO UPDATE SET \
                          attempts = CASE WHEN iam_sign_in_attempts.fades_at <= $4 THEN 1 ELSE iam_sign_in_attempts.attempts + 1 END, \
                          locked_until = NULL, fades_at = $5 \
                          WHERE iam_sign_in_attempts.locked_until IS NULL OR iam_sign_in_attempts.locked_until <= $4 \
                          RETURNING attempts";
    const LOCK: &str = "UPDATE iam_sign_in_attempts SET locked_until = $4, fades_at = $5 \
                        WHERE account_id = $1 AND name_hash = $2 AND factor = $3";
    let fades_at = lockout::fades_at(None, now).millis();
    let charged = scalar!(tx, fetch_optional, i64, CHARGE, [account_id, target.as_str(), factor.as_str(), now.millis(), fades_at])?;
    let Some(attempts) = charged else { return Ok(false) };
    if let Some(until) = lockout::locked_until(attempts, now) {
        let fades_at = lockout::fades_at(Some(until), now).millis();
        execute!(tx, LOCK, [account_id, target.as_str(), factor.as_str(), until.millis(), fades_at])?;
    }
    Ok(true)
}

/// Returns the charge of a try that was right, or never judged, and lifts the lock if it was that charge's.
///
/// # Errors
/// [`StoreError`].
pub async fn give_attempt_back(tx: &mut Conn, account_id: &AccountId, target: &Target, factor: Factor) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_sign_in_attempts SET attempts = attempts - 1, \
                       locked_until = CASE WHEN attempts <= $4 THEN NULL ELSE locked_until END \
                       WHERE account_id = $1 AND name_hash = $2 AND factor = $3 AND attempts > 0";
    execute!(tx, SQL, [account_id, target.as_str(), factor.as_str(), i64::from(lockout::FREE_ATTEMPTS)]).map(drop)
}

/// Forgets all tries for a target: its sign-in is complete, or its password was set by an administrator.
///
/// # Errors
/// [`StoreError`].
pub async fn clear_attempts(tx: &mut Conn, account_id: &AccountId, target: &Target) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_sign_in_attempts WHERE account_id = $1 AND name_hash = $2";
    execute!(tx, SQL, [account_id, target.as_str()]).map(drop)
}
