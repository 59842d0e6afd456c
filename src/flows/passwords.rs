//! Passwords: made into what rests.

use super::refused::Refused;
use crate::context::App;
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::store::StoreError;
use crate::userpools::pool::Pool;
use crate::userpools::user::{PasswordRecord, User, srp_name};

/// What rests of a new password: its hash, and its SRP verifier, sealed.
///
/// # Errors
/// [`Refused::Password`] when the policy refuses it, [`Refused::Busy`].
pub async fn make_record(
    app: &App,
    pool: &Pool,
    user_id: &UserId,
    username: &str,
    password: &Secret,
    temporary_until: Option<Timestamp>,
) -> Result<PasswordRecord, Refused> {
    let password = pool.configuration.password_policy().check(password)?;
    let hash = app.hasher.hash(password.clone(), random_bytes(&mut app.rng())).await?;
    let srp_name = srp_name(pool, user_id, username);
    let (pool_name, name, salt) = (pool.srp_name().to_owned(), srp_name.clone(), random_bytes(&mut app.rng()));
    let verifier = app.hasher.run(move || Verifier::make(&pool_name, &name, &password, salt)).await?;
    let sealed_srp_verifier = app
        .keys
        .at_rest
        .seal(&["users", "srp", pool.id.as_str(), user_id.as_str()], &verifier, &mut app.rng())
        .map_err(StoreError::from)?;
    Ok(PasswordRecord { hash, sealed_srp_verifier, srp_name, temporary_until })
}

/// A user's SRP verifier.
///
/// # Errors
/// [`Refused::Internal`] when it does not open.
pub fn open_verifier(app: &App, user: &User, password: &PasswordRecord) -> Result<Verifier, Refused> {
    let place = ["users", "srp", user.pool_id.as_str(), user.id.as_str()];
    let corrupt = || StoreError::corrupt("users", "sealed_srp_verifier", user.id.as_str());
    app.keys.at_rest.open(&place, &password.sealed_srp_verifier).map_err(|_| corrupt().into())
}
