//! What a user, or an administrator for them, chose of MFA; and the end of an authenticator.

use super::access::Holder;
use super::failed::{Failed, fails_with_the_store};
use super::notices::{self, Notice};
use crate::context::App;
use crate::store::{Conn, user_secrets, users};
use crate::userpools::pool::Pool;
use crate::userpools::second_factor::{self, SecondFactor, Wish, WishRefused};
use crate::userpools::user::User;

/// Why what a user chose of MFA is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PreferenceRefused {
    /// It is not to be wished.
    #[error(transparent)]
    Wish(#[from] WishRefused),
    /// The sign-in is over meanwhile.
    #[error("the access token was revoked")]
    Revoked,
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(PreferenceRefused);

/// Sets what a signed-in user chose of MFA.
///
/// # Errors
/// [`PreferenceRefused`].
pub async fn prefer(app: &App, holder: &Holder, wishes: &[Wish], passkeys: Option<bool>) -> Result<(), PreferenceRefused> {
    app.write(async |tx| {
        let user = users::find_by_family(tx, &holder.pool.id, &holder.user.id, &holder.claims.origin_jti).await?;
        let user = user.filter(|user| user.enabled).ok_or(PreferenceRefused::Revoked)?;
        set(app, tx, &holder.pool, &user, wishes, passkeys).await
    })
    .await
}

/// Sets what an administrator chose for a user of MFA.
///
/// # Errors
/// [`PreferenceRefused`].
pub async fn prefer_for(app: &App, pool: &Pool, username: &str, wishes: &[Wish], passkeys: Option<bool>) -> Result<(), PreferenceRefused> {
    app.write(async |tx| {
        let user = users::find(tx, pool, username).await?.ok_or(PreferenceRefused::NoSuchUser)?;
        set(app, tx, pool, &user, wishes, passkeys).await
    })
    .await
}

async fn set(app: &App, tx: &mut Conn, pool: &Pool, user: &User, wishes: &[Wish], passkeys: Option<bool>) -> Result<(), PreferenceRefused> {
    let preference = second_factor::with_passkeys(pool, second_factor::wished(pool, user, wishes)?, passkeys)?;
    // What changes nothing leaves no trace of having been asked.
    if preference == user.mfa {
        return Ok(());
    }
    user_secrets::set_mfa(tx, user, preference, app.now()).await?;
    Ok(notices::tell(app, tx, pool, user, Notice::SecondFactorsChanged).await?)
}

/// Takes a user's authenticator away, with what they chose of it. Sessions that rest on it end. Who has none is left as they are:
/// of the documented errors none says so.
///
/// # Errors
/// [`PreferenceRefused::NoSuchUser`].
pub async fn forget_software_token(app: &App, pool: &Pool, username: &str) -> Result<(), PreferenceRefused> {
    app.write(async |tx| {
        let user = users::find(tx, pool, username).await?.ok_or(PreferenceRefused::NoSuchUser)?;
        if user.sealed_totp_seed.is_none() && user.sealed_pending_totp_seed.is_none() {
            return Ok(());
        }
        let wish = Wish { factor: SecondFactor::SoftwareToken, enabled: false, preferred: false };
        user_secrets::forget_totp(tx, &user, app.now()).await?;
        user_secrets::set_mfa(tx, &user, user.mfa.with(wish), app.now()).await?;
        if user.sealed_totp_seed.is_some() {
            notices::tell(app, tx, pool, &user, Notice::AuthenticatorRemoved).await?;
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::flows::access;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_sign_in_that_ended_meanwhile_chooses_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        let holder = access::holder(&app.app, token.as_str().unwrap()).await.unwrap();
        prefer(&app.app, &holder, &[], None).await.unwrap();
        app.anonymous().call("GlobalSignOut", json!({"AccessToken": token})).await.ok();
        let late = prefer(&app.app, &holder, &[], None).await;
        assert!(matches!(late, Err(PreferenceRefused::Revoked)), "{late:?}");
    }
}
