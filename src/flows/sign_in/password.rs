//! The password itself, compared on the hashing pool.

use super::imported;
use super::refused::SignInRefused;
use super::subject::Subject;
use crate::context::App;
use crate::crypto::argon2::{Busy, Verification};
use crate::crypto::password::Password;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::store::user_secrets;
use crate::userpools::pool::Pool;

/// Whether a password is the subject's; nobody's costs the time of somebody's. A hash with old parameters is made anew.
///
/// # Errors
/// [`Busy`].
pub async fn judge(app: &App, pool: &Pool, subject: &Subject, password: Secret) -> Result<bool, SignInRefused> {
    // Nobody has a password of that length: whose name is given makes no difference.
    let Ok(password) = Password::of(&password) else { return Ok(false) };
    if let Some(judged) = imported::judge(app, pool, subject, &password).await? {
        return Ok(judged);
    }
    let Some((user, record)) = subject.user.as_ref().and_then(|user| Some((user, user.password.as_ref()?))) else {
        app.hasher.verify_nobody(password).await?;
        return Ok(false);
    };
    match app.hasher.verify(password.clone(), record.hash.clone()).await? {
        Verification::Match => Ok(true),
        Verification::Mismatch => Ok(false),
        Verification::MatchOutdated => {
            let new = match app.hasher.hash(password, random_bytes(&mut app.rng())).await {
                Ok(new) => new,
                // It can be made anew at the next sign-in as well.
                Err(Busy) => return Ok(true),
            };
            app.write(async |tx| user_secrets::upgrade_hash(tx, user, &record.hash, &new).await).await?;
            Ok(true)
        }
    }
}
