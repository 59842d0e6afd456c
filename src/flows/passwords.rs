//! Passwords: made into what rests.

use std::time::Duration;

use super::codes;
use super::failed::Failed;
use super::notices::{self, Notice};
use crate::context::App;
use crate::crypto::argon2::{Busy, Verification};
use crate::crypto::password::Password;
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::store::{Conn, StoreError, password_history, user_secrets};
use crate::userpools::password_policy::PasswordRefused;
use crate::userpools::pool::Pool;
use crate::userpools::user::{PasswordRecord, User, UserStatus, srp_name};

/// Why a password is not made into a record.
#[derive(Debug, thiserror::Error)]
pub enum NewPasswordRefused {
    /// The policy does not take it.
    #[error(transparent)]
    Policy(#[from] PasswordRefused),
    /// The user had it before.
    #[error("the password was used before")]
    Reused,
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
    let password = pool.configuration.check_password(password)?;
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
    Ok(PasswordRecord { hash, sealed_srp_verifier, srp_name, temporary_until, set_at: app.now() })
}

/// What rests of a password that follows the one that a user has.
///
/// # Errors
/// [`NewPasswordRefused`].
pub async fn make_next_record(
    app: &App,
    pool: &Pool,
    user: &User,
    password: &Secret,
    temporary_until: Option<Timestamp>,
) -> Result<PasswordRecord, NewPasswordRefused> {
    let checked = pool.configuration.check_password(password)?;
    if remembered(pool) > 0 {
        let before = kept_before(pool);
        let history = app.read(async |tx| password_history::newest(tx, user, before).await).await.map_err(Failed::from)?;
        let present = user.password.as_ref().map(|password| password.hash.clone());
        for hash in present.into_iter().chain(history) {
            if app.hasher.verify(checked.clone(), hash).await? != Verification::Mismatch {
                return Err(NewPasswordRefused::Reused);
            }
        }
    }
    make_record(app, pool, &user.id, &user.username, password, temporary_until).await
}

/// Who sets a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetBy {
    /// The user, who knew the last one.
    User,
    /// Who reads at an address of the user's.
    Recovery,
    /// An administrator.
    Administrator,
    /// An administrator who invites the user by it: the invitation tells of it.
    Invitation,
}

impl SetBy {
    const fn notice(self) -> Option<Notice> {
        match self {
            Self::User => Some(Notice::PasswordChanged),
            Self::Recovery | Self::Administrator => Some(Notice::PasswordReset),
            Self::Invitation => None,
        }
    }
}

/// Sets a password in place of the one that a user has, who is as read in this transaction: it joins the history, and the codes
/// end by which another would be set.
///
/// # Errors
/// [`StoreError`].
pub async fn set(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: &User,
    password: &PasswordRecord,
    status: UserStatus,
    by: SetBy,
) -> Result<(), StoreError> {
    password_history::keep(tx, user, kept_before(pool)).await?;
    user_secrets::set_password(tx, user, password, status, app.now()).await?;
    if let Some(notice) = by.notice() {
        notices::tell(app, tx, pool, user, notice).await?;
    }
    codes::kill_reset(tx, user).await
}

/// How many of a user's passwords are not taken again. Where passwords age, the present one at least: it would be no other.
fn remembered(pool: &Pool) -> i64 {
    let ages = pool.configuration.password_rules().max_age_days > 0;
    pool.configuration.password_policy().password_history_size.max(i64::from(ages))
}

/// How many passwords are kept beside the present one.
fn kept_before(pool: &Pool) -> i64 {
    remembered(pool).saturating_sub(1)
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
    make_next_record(app, pool, user, password, until).await
}

/// A user's SRP verifier.
///
/// # Errors
/// When it does not open.
pub fn open_verifier(app: &App, user: &User, password: &PasswordRecord) -> Result<Verifier, Failed> {
    let place = ["users", "srp", user.pool_id.as_str(), user.id.as_str()];
    app.keys.at_rest.open(&place, &password.sealed_srp_verifier).map_err(|_| Failed::because("the SRP verifier does not open"))
}
