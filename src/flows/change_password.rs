//! A signed-in user's new password. A guess at the present one counts as one at sign-in does.

use std::net::IpAddr;

use super::access::Holder;
use super::failed::{Failed, fails_with_the_store};
use super::passwords::{self, NewPasswordRefused, Replacing, SetBy};
use super::sign_in::attempts_of;
use crate::context::App;
use crate::crypto::argon2::Verification;
use crate::crypto::password::Password;
use crate::kit::secret::Secret;
use crate::store::attempts::{self, Charge};
use crate::store::users;
use crate::userpools::lockout::Factor;
use crate::userpools::risk::CredentialsEvent;
use crate::userpools::user::{User, UserStatus};

/// Why a password is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordRefused {
    /// The present password was not given.
    #[error("the present password is not given")]
    NoPrevious,
    /// It is another one.
    #[error("a wrong password")]
    Incorrect,
    /// Too many wrong ones came before.
    #[error("locked after wrong passwords")]
    Locked,
    /// The user's password must be reset first.
    #[error("the password must be reset")]
    ResetRequired,
    /// The sign-in is over, or the user is gone.
    #[error("the access token was revoked")]
    Revoked,
    /// The new password is not taken.
    #[error(transparent)]
    Password(#[from] NewPasswordRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ChangePasswordRefused);

/// Sets a new password, for a user who comes from this address. The other sign-ins of the user end; this one goes on.
///
/// # Errors
/// [`ChangePasswordRefused`].
pub async fn change(
    app: &App,
    holder: &Holder,
    previous: Option<&Secret>,
    proposed: &Secret,
    address: Option<IpAddr>,
) -> Result<(), ChangePasswordRefused> {
    let Holder { pool, user, claims } = holder;
    pool.configuration.check_password(proposed).map_err(NewPasswordRefused::from)?;
    prove(app, user, previous).await?;
    let set_by = SetBy::User { client_id: &claims.client_id, event: CredentialsEvent::PasswordChange, address };
    let record = passwords::make_next_record(app, pool, user, proposed, set_by).await?;
    app.write(async |tx| {
        let now = users::find_by_family(tx, &pool.id, &claims.sub, &claims.origin_jti).await?;
        let now = now.filter(|user| user.enabled).ok_or(ChangePasswordRefused::Revoked)?;
        if now.status == UserStatus::ResetRequired {
            return Err(ChangePasswordRefused::ResetRequired);
        }
        // SECURITY: what was proven was the password that the user had then.
        if now.password_generation != user.password_generation {
            return Err(ChangePasswordRefused::Incorrect);
        }
        let replacing = Replacing::ByUser { origin_jti: &claims.origin_jti };
        Ok(passwords::set(app, tx, pool, &now, &record, UserStatus::Confirmed, replacing).await?)
    })
    .await
}

/// Whether the user knows their password. One who has none has nothing to prove.
///
/// SECURITY: a token that was stolen is no way to guess on where sign-in would be locked (S4).
async fn prove(app: &App, user: &User, previous: Option<&Secret>) -> Result<(), ChangePasswordRefused> {
    let Some(record) = &user.password else { return Ok(()) };
    let previous = previous.ok_or(ChangePasswordRefused::NoPrevious)?;
    let (target, now) = (attempts_of(app, user), app.now());
    match app.write(async |tx| attempts::charge(tx, &user.pool_id, &target, Factor::Password, now).await).await? {
        Charge::Made => {}
        Charge::Locked => return Err(ChangePasswordRefused::Locked),
        Charge::NoSuchPool => return Err(ChangePasswordRefused::Revoked),
    }
    let Ok(previous) = Password::of(previous) else { return Err(ChangePasswordRefused::Incorrect) };
    let judged = app.hasher.verify(previous, record.hash.clone()).await;
    if matches!(judged, Ok(Verification::Mismatch)) {
        return Err(ChangePasswordRefused::Incorrect);
    }
    // It was right, or never judged.
    app.write(async |tx| attempts::give_back(tx, &user.pool_id, &target, Factor::Password).await).await?;
    judged.map(drop).map_err(|busy| NewPasswordRefused::from(busy).into())
}
