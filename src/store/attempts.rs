//! Tries at secrets, counted by a hash of whom they were for: the same rows for users and for names that nobody has.

use super::{Conn, StoreError, user_pools};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::lockout::{self, Factor};

/// Whom tries are counted for: a keyed hash, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Target(String);

impl Target {
    /// From the keyed hash of a user's id, or of a name that nobody has.
    #[must_use]
    pub const fn hashed(hex: String) -> Self {
        Self(hex)
    }

    /// The text that rows have.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// The try may be judged.
    Made,
    /// The target is locked: nothing is charged.
    Locked,
    /// The pool is gone meanwhile: nothing is left in it.
    NoSuchPool,
}

/// Charges a try before it is judged. Charging first makes the count exact however many tries run at once, on however many
/// nodes.
///
/// # Errors
/// [`StoreError`].
pub async fn charge(tx: &mut Conn, pool_id: &UserPoolId, target: &Target, factor: Factor, now: Timestamp) -> Result<Charge, StoreError> {
    const CHARGE: &str = "INSERT INTO sign_in_attempts (pool_id, name_hash, factor, attempts, fades_at) \
                          SELECT $1, $2, $3, 1, $5 WHERE EXISTS (SELECT 1 FROM user_pools WHERE pool_id = $1) \
                          ON CONFLICT (pool_id, name_hash, factor) DO UPDATE SET \
                          attempts = CASE WHEN sign_in_attempts.fades_at <= $4 THEN 1 ELSE sign_in_attempts.attempts + 1 END, \
                          locked_until = NULL, fades_at = $5 \
                          WHERE sign_in_attempts.locked_until IS NULL OR sign_in_attempts.locked_until <= $4 RETURNING attempts";
    const LOCK: &str = "UPDATE sign_in_attempts SET locked_until = $4, fades_at = $5 \
                        WHERE pool_id = $1 AND name_hash = $2 AND factor = $3";
    let fades_at = lockout::fades_at(None, now).millis();
    let charged = scalar!(tx, fetch_optional, i64, CHARGE, [pool_id, &target.0, factor.as_str(), now.millis(), fades_at])?;
    let Some(attempts) = charged else {
        return Ok(if user_pools::exists(tx, pool_id).await? { Charge::Locked } else { Charge::NoSuchPool });
    };
    if let Some(until) = lockout::locked_until(attempts, now) {
        let fades_at = lockout::fades_at(Some(until), now).millis();
        execute!(tx, LOCK, [pool_id, &target.0, factor.as_str(), until.millis(), fades_at])?;
    }
    Ok(Charge::Made)
}

/// Returns the charge of a try that was right, or never judged, and lifts the lock if it was that charge's.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back(tx: &mut Conn, pool_id: &UserPoolId, target: &Target, factor: Factor) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE sign_in_attempts SET attempts = attempts - 1, \
                       locked_until = CASE WHEN attempts <= $4 THEN NULL ELSE locked_until END \
                       WHERE pool_id = $1 AND name_hash = $2 AND factor = $3 AND attempts > 0";
    execute!(tx, SQL, [pool_id, &target.0, factor.as_str(), i64::from(lockout::FREE_ATTEMPTS)]).map(drop)
}

/// Forgets all tries for a target: its sign-in is complete, or its password was set by an administrator.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(tx: &mut Conn, pool_id: &UserPoolId, target: &Target) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM sign_in_attempts WHERE pool_id = $1 AND name_hash = $2";
    execute!(tx, SQL, [pool_id, &target.0]).map(drop)
}
