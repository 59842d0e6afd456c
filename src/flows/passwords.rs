//! Passwords: made into what rests.

use std::net::IpAddr;
use std::time::Duration;

use super::failed::Failed;
use super::notices::{self, Notice};
use super::{codes, risk};
use crate::context::App;
use crate::crypto::argon2::{Busy, Verification};
use crate::crypto::password::Password;
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId};
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::store::{Conn, StoreError, password_history, tokens, user_secrets};
use crate::userpools::password_policy::PasswordRefused;
use crate::userpools::pool::Pool;
use crate::userpools::risk::CredentialsEvent;
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

/// Who sets a password.
#[derive(Clone, Copy)]
pub enum SetBy<'a> {
    /// The user themselves, who are not let set one that many have, where the pool or the client blocks such passwords.
    User {
        /// The client that they come by.
        client_id: &'a ClientId,
        /// The occasion.
        event: CredentialsEvent,
        /// Where they come from, as far as it is known.
        address: Option<IpAddr>,
    },
    /// Whom the pool trusts: an administrator, or a function that knows the user.
    Trusted {
        /// Until when it serves, if it is to be replaced.
        temporary_until: Option<Timestamp>,
    },
}

impl SetBy<'_> {
    const fn temporary_until(self) -> Option<Timestamp> {
        match self {
            Self::User { .. } => None,
            Self::Trusted { temporary_until } => temporary_until,
        }
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
    set_by: SetBy<'_>,
) -> Result<PasswordRecord, NewPasswordRefused> {
    let password = check(app, pool, password, set_by).await?;
    record_of(app, pool, user_id, username, password, set_by.temporary_until()).await
}

/// Holds a new password to the policy, and to what is known of passwords.
async fn check(app: &App, pool: &Pool, password: &Secret, set_by: SetBy<'_>) -> Result<Password, NewPasswordRefused> {
    let password = pool.configuration.check_password(password)?;
    if let SetBy::User { client_id, event, address } = set_by {
        risk::check_known_password(app, (pool, client_id), event, address, &password).await?;
    }
    Ok(password)
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
    set_by: SetBy<'_>,
) -> Result<PasswordRecord, NewPasswordRefused> {
    let password = check(app, pool, password, set_by).await?;
    if remembered(pool) > 0 {
        let before = kept_before(pool);
        let history = app.read(async |tx| password_history::newest(tx, user, before).await).await.map_err(Failed::from)?;
        let present = user.password.as_ref().map(|password| password.hash.clone());
        for hash in present.into_iter().chain(history) {
            if app.hasher.verify(password.clone(), hash).await? != Verification::Mismatch {
                return Err(NewPasswordRefused::Reused);
            }
        }
    }
    record_of(app, pool, &user.id, &user.username, password, set_by.temporary_until()).await
}

/// By what a password takes the place of the one that a user has.
#[derive(Clone, Copy)]
pub enum Replacing<'a> {
    /// By its user, who knew the last one, in the sign-in of this `origin_jti`.
    ByUser {
        /// Which goes on.
        origin_jti: &'a str,
    },
    /// By its user, who is signing in.
    AtSignIn,
    /// By who reads at an address of the user's.
    Recovery,
    /// By an administrator.
    Administrator,
    /// By an administrator who invites the user by it: the invitation tells of it.
    Invitation,
}

impl Replacing<'_> {
    const fn notice(self) -> Option<Notice> {
        match self {
            Self::ByUser { .. } | Self::AtSignIn => Some(Notice::PasswordChanged),
            Self::Recovery | Self::Administrator => Some(Notice::PasswordReset),
            Self::Invitation => None,
        }
    }
}

/// Sets a password in place of the one that a user has, who is as read in this transaction: it joins the history, and the codes
/// end by which another would be set.
///
/// SECURITY: so do sign-ins: whoever knew the former password, and is signed in by it, is not any more (C4).
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
    replacing: Replacing<'_>,
) -> Result<(), StoreError> {
    password_history::keep(tx, user, kept_before(pool)).await?;
    user_secrets::set_password(tx, user, password, status, app.now()).await?;
    codes::kill_reset(tx, user).await?;
    if let Some(notice) = replacing.notice() {
        notices::tell(app, tx, pool, user, notice).await?;
    }
    match replacing {
        Replacing::ByUser { origin_jti } => tokens::revoke_others(tx, &user.pool_id, &user.id, origin_jti, app.now()).await,
        // A sign-in that sets one begins after it.
        Replacing::AtSignIn | Replacing::Recovery | Replacing::Administrator | Replacing::Invitation => {
            tokens::revoke_all(tx, &user.pool_id, &user.id, app.now()).await
        }
    }
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
    let temporary_until = (!permanent).then(|| app.now().plus(Duration::from_secs(days * 24 * 3600)));
    make_next_record(app, pool, user, password, SetBy::Trusted { temporary_until }).await
}

/// A user's SRP verifier.
///
/// # Errors
/// When it does not open.
pub fn open_verifier(app: &App, user: &User, password: &PasswordRecord) -> Result<Verifier, Failed> {
    let place = ["users", "srp", user.pool_id.as_str(), user.id.as_str()];
    app.keys.at_rest.open(&place, &password.sealed_srp_verifier).map_err(|_| Failed::because("the SRP verifier does not open"))
}
