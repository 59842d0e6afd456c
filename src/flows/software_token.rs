//! TOTP: a seed is handed out, its first code verifies it, and each later code serves once.

use super::refused::Refused;
use crate::context::App;
use crate::crypto::totp::TotpSeed;
use crate::store::{self, Conn};
use crate::userpools::user::User;

/// Hands out a new seed, in place of one that waits; answers its base32 form.
///
/// # Errors
/// Failures of the store only.
pub async fn associate(app: &App, user: &User) -> Result<String, Refused> {
    let seed = TotpSeed::generate(&mut app.rng());
    let sealed = app.keys.at_rest.seal(&place(user, "pending"), seed.expose_secret(), &mut app.rng());
    app.write(async |tx| store::users::set_pending_totp(tx, user, &sealed).await).await?;
    Ok(seed.to_base32().to_string())
}

/// Verifies the seed that waits by its first code, which is spent by that.
///
/// # Errors
/// [`Refused::SoftwareTokenNotFound`], [`Refused::EnrolmentMismatch`].
pub async fn verify(app: &App, tx: &mut Conn, user: &User, code: &str) -> Result<(), Refused> {
    let pending = user.sealed_pending_totp_seed.as_ref().ok_or(Refused::SoftwareTokenNotFound)?;
    let seed = open(app, user, "pending", pending)?;
    let step = seed.matching_step(code, app.now()).ok_or(Refused::EnrolmentMismatch)?;
    let sealed = app.keys.at_rest.seal(&place(user, "seed"), seed.expose_secret(), &mut app.rng());
    if store::users::confirm_totp(tx, user, pending, &sealed, step).await? { Ok(()) } else { Err(Refused::EnrolmentMismatch) }
}

/// The step that a code is of, by the user's own seed.
///
/// # Errors
/// [`Refused::TotpMismatch`].
pub fn matching_step(app: &App, user: &User, code: &str) -> Result<i64, Refused> {
    let sealed = user.sealed_totp_seed.as_ref().ok_or(Refused::SoftwareTokenNotFound)?;
    open(app, user, "seed", sealed)?.matching_step(code, app.now()).ok_or(Refused::TotpMismatch)
}

fn open(app: &App, user: &User, column: &str, sealed: &[u8]) -> Result<TotpSeed, Refused> {
    app.keys.at_rest.open(&place(user, column), sealed).map(TotpSeed::stored).map_err(|error| Refused::Internal(Box::new(error)))
}

fn place<'a>(user: &'a User, column: &'a str) -> [&'a str; 4] {
    ["users", column, &user.pool_id, &user.id]
}
