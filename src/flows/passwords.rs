//! Passwords: made into what rests, and compared, on the hashing pool.

use std::time::Duration;

use super::refused::{INCORRECT, Refused};
use crate::context::App;
use crate::crypto::argon2::{Busy, Verification};
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::store;
use crate::userpools::lockout;
use crate::userpools::pool::Pool;
use crate::userpools::user::{PasswordRecord, User};

/// What rests of a new password: its hash, and its SRP verifier, sealed.
///
/// # Errors
/// [`Refused::Password`] when the policy refuses it, [`Refused::Busy`].
pub async fn make_record(
    app: &App,
    pool: &Pool,
    (user_id, username): (&str, &str),
    password: &Secret,
    temporary_until: Option<Timestamp>,
) -> Result<PasswordRecord, Refused> {
    pool.configuration.password_policy().check(password)?;
    let hash = app.hasher.hash(password.clone(), random_bytes(&mut app.rng())).await?;
    let (srp_name, username, clear, salt) =
        (pool.srp_name().to_owned(), username.to_owned(), password.clone(), random_bytes(&mut app.rng()));
    let verifier = app.hasher.run(move || Verifier::make(&srp_name, &username, &clear, salt).to_bytes()).await?;
    let sealed_srp_verifier = app.keys.at_rest.seal(&["users", "srp", &pool.id, user_id], &verifier, &mut app.rng());
    Ok(PasswordRecord { hash, sealed_srp_verifier, temporary_until })
}

/// A user's SRP verifier.
///
/// # Errors
/// [`Refused::Internal`] when it does not open.
pub fn open_verifier(app: &App, user: &User, password: &PasswordRecord) -> Result<Verifier, Refused> {
    let place = ["users", "srp", &user.pool_id, &user.id];
    let corrupt = || Refused::Internal("the SRP verifier does not open".into());
    let bytes = app.keys.at_rest.open(&place, &password.sealed_srp_verifier).map_err(|_| corrupt())?;
    Verifier::from_bytes(&bytes).ok_or_else(corrupt)
}

/// Charges an attempt at a user's secrets before it is judged, so that a burst of guesses gets no more than its share.
///
/// A burst of right passwords is charged alike until the first of them is judged and forgets the charges: so who finds the
/// user locked looks again for a moment.
///
/// # Errors
/// [`Refused::NotAuthorized`] while the user is locked: the right password is refused alike.
pub async fn charge_attempt(app: &App, user: &User) -> Result<(), Refused> {
    for pause in LOOKS_AGAIN_MILLISECONDS.map(Duration::from_millis) {
        if try_charge(app, user).await? {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
    if try_charge(app, user).await? { Ok(()) } else { Err(Refused::not_authorized("Password attempts exceeded")) }
}

/// The pauses between looks at a lock: a few hashes long.
const LOOKS_AGAIN_MILLISECONDS: [u64; 4] = [20, 40, 80, 160];

/// `false` while the user is locked.
async fn try_charge(app: &App, user: &User) -> Result<bool, Refused> {
    let now = app.now();
    let charged = app
        .write(async |tx| {
            let charged = store::users::charge_attempt(tx, &user.pool_id, &user.id, now).await?;
            if let Some(until) = charged.and_then(|attempts| lockout::locked_until(attempts, now)) {
                store::users::lock(tx, &user.pool_id, &user.id, Some(until)).await?;
            }
            Ok::<_, Refused>(charged)
        })
        .await?;
    Ok(charged.is_some())
}

/// Runs what judges a charged attempt. One that the hashing pool has no room for was never judged: its charge is returned.
///
/// # Errors
/// [`Refused::Busy`].
pub async fn judge<T>(app: &App, user: &User, judging: impl Future<Output = Result<T, Busy>>) -> Result<T, Refused> {
    match judging.await {
        Ok(judged) => Ok(judged),
        Err(busy) => {
            app.write(async |tx| store::users::return_attempt(tx, &user.pool_id, &user.id, lockout::FREE_ATTEMPTS).await).await?;
            Err(busy.into())
        }
    }
}

/// Compares a password with a user's, as one charged attempt. A hash with old parameters is made anew.
///
/// # Errors
/// [`Refused::NotAuthorized`].
pub async fn check(app: &App, user: &User, password: Secret) -> Result<(), Refused> {
    let wrong = || Refused::not_authorized(INCORRECT);
    charge_attempt(app, user).await?;
    let Some(record) = &user.password else {
        judge(app, user, app.hasher.verify_nobody(password)).await?;
        return Err(wrong());
    };
    match judge(app, user, app.hasher.verify(password.clone(), record.hash.clone())).await? {
        Verification::Match => Ok(()),
        Verification::Mismatch => Err(wrong()),
        Verification::MatchOutdated => {
            let new = app.hasher.hash(password, random_bytes(&mut app.rng())).await?;
            app.write(async |tx| store::users::upgrade_hash(tx, user, &record.hash, &new).await).await?;
            Ok(())
        }
    }
}
