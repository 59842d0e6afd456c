//! What a user proves themselves by: the password, the authenticator, and what they chose of MFA. Each is written by its own
//! columns, so that no write brings back what another has changed.

use super::users::{index_status, keep};
use super::{Conn, StoreError, doc, user_data, user_imports};
use crate::crypto::argon2::PasswordHash;
use crate::crypto::sealed::Sealed;
use crate::crypto::totp::TotpSeed;
use crate::kit::clock::Timestamp;
use crate::userpools::user::{MfaPreference, PasswordRecord, User, UserStatus};

/// Sets a password and the status that follows; what was proven by the one before counts no more.
///
/// # Errors
/// [`StoreError`].
pub async fn set_password(
    tx: &mut Conn,
    user: &User,
    password: &PasswordRecord,
    status: UserStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET password_hash = $3, sealed_srp_verifier = $4, srp_name = $5, \
                       temporary_password_expires_at = $7, status = $8, password_generation = password_generation + 1, \
                       password_set_at = $9, modified_at = $6 WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    execute!(
        tx,
        SQL,
        [
            &user.pool_id,
            &user.id,
            password.hash.as_str(),
            &password.sealed_srp_verifier,
            &password.srp_name,
            now.millis(),
            password.temporary_until.map(Timestamp::millis),
            status.as_str(),
            password.set_at.millis()
        ]
    )?;
    // One that came along from elsewhere is not theirs any more.
    user_imports::forget_password(tx, &user.pool_id, &user.id).await?;
    index_status(tx, &user.pool_id, &user.id, status).await
}

/// Replaces a hash whose parameters are outdated, if it is still the one that was compared. The password stays the same one: no
/// change that would be kept, or that a pool which is being recovered would refuse.
///
/// # Errors
/// [`StoreError`].
pub async fn upgrade_hash(tx: &mut Conn, user: &User, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET password_hash = $4 WHERE pool_id = $1 AND user_id = $2 AND password_hash = $3";
    execute!(tx, SQL, [&user.pool_id, &user.id, old.as_str(), new.as_str()]).map(drop)
}

/// Keeps what an imported password is proven by from now on, if its hash is still there: it stays the same password, as
/// [`upgrade_hash`].
///
/// # Errors
/// [`StoreError`].
pub async fn adopt_password(tx: &mut Conn, user: &User, password: &PasswordRecord) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE users SET password_hash = $3, sealed_srp_verifier = $4, srp_name = $5 WHERE pool_id = $1 AND user_id = $2";
    if !user_imports::forget_password(tx, &user.pool_id, &user.id).await? {
        return Ok(false);
    }
    let binds = (password.hash.as_str(), &password.sealed_srp_verifier, &password.srp_name);
    execute!(tx, SQL, [&user.pool_id, &user.id, binds.0, binds.1, binds.2]).map(|_| true)
}

/// Keeps a seed that a signed-in user asked for until its first code comes. It is nothing that is restored.
///
/// # Errors
/// [`StoreError`].
pub async fn set_pending_totp(tx: &mut Conn, user: &User, sealed_seed: &Sealed<TotpSeed>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET sealed_pending_totp_seed = $3 WHERE pool_id = $1 AND user_id = $2";
    user_data::check_open(tx, &user.pool_id).await?;
    execute!(tx, SQL, [&user.pool_id, &user.id, sealed_seed]).map(drop)
}

/// An authenticator whose first code has come.
pub struct Enrolment {
    /// Its seed.
    pub sealed_seed: Sealed<TotpSeed>,
    /// The step of its first code, which is spent by it.
    pub step: i64,
    /// What the user calls its device.
    pub device_name: Option<String>,
}

/// Makes an authenticator the user's own, in place of the last one. No seed waits after that.
///
/// # Errors
/// [`StoreError`].
pub async fn enrol_totp(tx: &mut Conn, user: &User, enrolment: &Enrolment, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET sealed_totp_seed = $3, totp_last_step = $4, totp_device_name = $5, \
                       factor_generation = factor_generation + 1, sealed_pending_totp_seed = NULL, modified_at = $6 \
                       WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    let device_name = enrolment.device_name.as_deref();
    execute!(tx, SQL, [&user.pool_id, &user.id, &enrolment.sealed_seed, enrolment.step, device_name, now.millis()]).map(drop)
}

/// Takes a user's authenticator away, and a seed that waits; what was proven by it counts no more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_totp(tx: &mut Conn, user: &User, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET sealed_totp_seed = NULL, totp_last_step = NULL, totp_device_name = NULL, \
                       sealed_pending_totp_seed = NULL, factor_generation = factor_generation + 1, modified_at = $3 \
                       WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    execute!(tx, SQL, [&user.pool_id, &user.id, now.millis()]).map(drop)
}

/// Spends a TOTP step; `false` if it, or a later one, was spent before: of two racing answers one wins. It stays spent whatever
/// is restored.
///
/// # Errors
/// [`StoreError`].
pub async fn use_totp_step(tx: &mut Conn, user: &User, step: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE users SET totp_last_step = $3 WHERE pool_id = $1 AND user_id = $2 \
                       AND (totp_last_step IS NULL OR totp_last_step < $3)";
    Ok(execute!(tx, SQL, [&user.pool_id, &user.id, step])? == 1)
}

/// Replaces what a user chose of MFA.
///
/// # Errors
/// [`StoreError`].
pub async fn set_mfa(tx: &mut Conn, user: &User, preference: MfaPreference, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET mfa_preference = $3, modified_at = $4 WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    let preference = doc::to_text("users", "mfa_preference", user.id.as_str(), &preference)?;
    execute!(tx, SQL, [&user.pool_id, &user.id, preference, now.millis()]).map(drop)
}
