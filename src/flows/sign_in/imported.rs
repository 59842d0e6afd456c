//! Passwords whose hash came along from elsewhere: compared once, then made anew as ours. The password stays the same one.

use super::refused::SignInRefused;
use super::subject::Subject;
use crate::context::App;
use crate::crypto::imported::ImportedHash;
use crate::crypto::password::Password;
use crate::crypto::sealed::Sealed;
use crate::flows::passwords::{NewPasswordRefused, record_of};
use crate::flows::user_imports::password_place;
use crate::kit::id::UserId;
use crate::store::{StoreError, user_imports, user_secrets};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// Whether a password is the subject's, where they brought its hash along; `None` for everybody else.
///
/// SECURITY: while a pool has such hashes, everybody's comparison takes the time of one: else it would tell who came by an import.
///
/// # Errors
/// [`SignInRefused::Busy`].
pub async fn judge(app: &App, pool: &Pool, subject: &Subject, password: &Password) -> Result<Option<bool>, SignInRefused> {
    let without = subject.user.as_ref().filter(|user| user.password.is_none());
    let own = match without {
        Some(user) => app.read(async |tx| user_imports::password(tx, &pool.id, &user.id).await).await?,
        None => None,
    };
    match (without, own) {
        (Some(user), Some(sealed)) => {
            let right = is_of(app, pool, &user.id, &sealed, password).await?;
            if right {
                adopt(app, pool, user, password).await?;
            } else {
                app.hasher.verify_nobody(password.clone()).await?;
            }
            Ok(Some(right))
        }
        _ => {
            if let Some((id, sealed)) = app.read(async |tx| user_imports::any_password(tx, &pool.id).await).await? {
                is_of(app, pool, &id, &sealed, password).await?;
            }
            Ok(None)
        }
    }
}

async fn is_of(
    app: &App,
    pool: &Pool,
    user_id: &UserId,
    sealed: &Sealed<ImportedHash>,
    password: &Password,
) -> Result<bool, SignInRefused> {
    let corrupt = || StoreError::corrupt("imported_passwords", "sealed_hash", user_id.as_str());
    let hash = app.keys.at_rest.open(&password_place(&pool.id, user_id.as_str()), sealed).map_err(|_| corrupt())?;
    let password = password.clone();
    Ok(app.hasher.run(move || hash.is_of(&password)).await?)
}

async fn adopt(app: &App, pool: &Pool, user: &User, password: &Password) -> Result<(), SignInRefused> {
    match record_of(app, pool, &user.id, &user.username, password.clone(), None).await {
        Ok(record) => {
            app.write(async |tx| user_secrets::adopt_password(tx, user, &record).await).await?;
            Ok(())
        }
        // It can be made anew at the next sign-in as well.
        Err(NewPasswordRefused::Busy | NewPasswordRefused::Policy(_) | NewPasswordRefused::Reused) => Ok(()),
        Err(NewPasswordRefused::Failed(failed)) => Err(failed.into()),
    }
}
