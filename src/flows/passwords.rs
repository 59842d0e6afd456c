//! Passwords: made into what rests.

use std::time::Duration;

use super::failed::Failed;
use crate::context::App;
use crate::crypto::argon2::Busy;
use crate::crypto::password::Password;
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::userpools::password_policy::PasswordRefused;
use crate::userpools::pool::Pool;
use crate::userpools::user::{PasswordRecord, User, srp_name};

/// Why a password is not made into a record.
#[derive(Debug, thiserror::Error)]
pub enum NewPasswordRefused {
    /// The policy does not take it.
    #[error(transparent)]
    Policy(#[from] PasswordRefused),
    /// The hashing pool is full.
    #[error("the hashing pool is full")]
    Busy,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

impl From<Busy> for NewPasswordRefused {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

/// What rests of a new password: its hash, and its SRP verifier, sealed.
///
/// # Errors
/// [`NewPasswordRefused`].
pub async fn make_record(
    app: &App,
    pool: &Pool,
    user_id: &UserId,
    username: &str,
    password: &Secret,
    temporary_until: Option<Timestamp>,
) -> Result<PasswordRecord, NewPasswordRefused> {
    let password = pool.configuration.password_policy().check(password)?;
    record_of(app, pool, user_id, username, password, temporary_until).await
}

/// What rests of a password that is its user's already, whatever the policy says of it now.
///
/// # Errors
/// [`NewPasswordRefused`].
pub async fn record_of(
    app: &App,
    pool: &Pool,
    user_id: &UserId,
    username: &str,
    password: Password,
    temporary_until: Option<Timestamp>,
) -> Result<PasswordRecord, NewPasswordRefused> {
    let hash = app.hasher.hash(password.clone(), random_bytes(&mut app.rng())).await?;
    let srp_name = srp_name(pool, user_id, username);
    let (pool_name, name, salt) = (pool.srp_name().to_owned(), srp_name.clone(), random_bytes(&mut app.rng()));
    let verifier = app.hasher.run(move || Verifier::make(&pool_name, &name, &password, salt)).await?;
    let sealed_srp_verifier =
        app.keys.at_rest.seal(&["users", "srp", pool.id.as_str(), user_id.as_str()], &verifier, &mut app.rng()).map_err(Failed::because)?;
    Ok(PasswordRecord { hash, sealed_srp_verifier, srp_name, temporary_until })
}

/// A password that an administrator set, as a record: temporary ones end by the pool's policy.
///
/// # Errors
/// [`NewPasswordRefused`].
pub async fn administrators_record(
    app: &App,
    pool: &Pool,
    user: &User,
    password: &Secret,
    permanent: bool,
) -> Result<PasswordRecord, NewPasswordRefused> {
    let days = pool.configuration.password_policy().temporary_password_validity_days.unsigned_abs();
    let until = (!permanent).then(|| app.now().plus(Duration::from_secs(days * 24 * 3600)));
    make_record(app, pool, &user.id, &user.username, password, until).await
}

/// A user's SRP verifier.
///
/// # Errors
/// When it does not open.
pub fn open_verifier(app: &App, user: &User, password: &PasswordRecord) -> Result<Verifier, Failed> {
    let place = ["users", "srp", user.pool_id.as_str(), user.id.as_str()];
    app.keys.at_rest.open(&place, &password.sealed_srp_verifier).map_err(|_| Failed::because("the SRP verifier does not open"))
}
