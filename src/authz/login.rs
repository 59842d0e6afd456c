//! Who knows the password of an IAM user. Tries are counted for whom they were for, and for names that nobody has all the same.

use crate::context::App;
use crate::crypto::argon2::{Busy, Verification};
use crate::crypto::digest::hex;
use crate::crypto::password::Password;
use crate::iam::entity::User;
use crate::iam::login::{LoginProfile, PasswordPolicy};
use crate::kit::id::AccountId;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::policy::is_account;
use crate::store::attempts::Target;
use crate::store::{self, Conn, StoreError};
use crate::userpools::lockout::Factor;

/// Why somebody is not taken for a user.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    /// There is no such user, they have no password, or it is another: which of these, is nobody's business.
    #[error("the user name or the password is wrong")]
    Wrong,
    /// It was tried too often: nothing was judged.
    #[error("too many tries")]
    Locked,
    /// The hashing pool is full.
    #[error("the hashing pool is full")]
    Busy,
    /// Our own failure.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Busy> for LoginRefused {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

/// A user who has proven their password, and what is known of it.
pub struct Login {
    /// The user.
    pub user: User,
    /// Their password.
    pub profile: LoginProfile,
    /// What the account asks of it.
    pub policy: Option<PasswordPolicy>,
}

impl Login {
    /// What is known of a user's password; `None` of one who has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(tx: &mut Conn, user: User) -> Result<Option<Self>, StoreError> {
        let Some(profile) = store::iam::login_profile(tx, &user.account_id, &user.id).await? else { return Ok(None) };
        let policy = store::iam::password_policy(tx, &user.account_id).await?;
        Ok(Some(Self { user, profile, policy }))
    }
}

/// The account that is called so: by its number or its alias. What is neither is an account that nobody is in.
///
/// # Errors
/// [`StoreError`].
pub async fn account_called(app: &App, called: &str) -> Result<AccountId, StoreError> {
    // No alias is a number of twelve digits.
    if is_account(called) || called.contains('\0') {
        return Ok(called.into());
    }
    let found = app.read(async |tx| store::iam::account_of_alias(tx, called).await).await?;
    Ok(found.unwrap_or_else(|| called.into()))
}

/// The user of an account who has this name and password.
///
/// SECURITY: a name that nobody has, or a user without a password, costs the same time, the same count and the same words as a
/// wrong password does.
///
/// # Errors
/// [`LoginRefused`].
pub async fn user_who_knows(app: &App, account_id: &AccountId, name: &str, presented: &Secret) -> Result<Login, LoginRefused> {
    let found = app
        .read(async |tx| {
            let Some(user) = store::iam::find_user(tx, account_id, name).await? else { return Ok(None) };
            Login::of(tx, user).await
        })
        .await?;
    let target = target(app, account_id, name);
    let now = app.now();
    if !app.write(async |tx| store::iam::charge_attempt(tx, account_id, &target, Factor::Password, now).await).await? {
        return Err(LoginRefused::Locked);
    }
    // What is too long for a password is none.
    let outcome = match Password::of(presented) {
        Ok(password) => match &found {
            Some(login) => app.hasher.verify(password.clone(), login.profile.hash.clone()).await,
            None => app.hasher.verify_nobody(password.clone()).await,
        }
        .map(|verification| (verification, Some(password))),
        Err(_) => Ok((Verification::Mismatch, None)),
    };
    let (verification, password) = match outcome {
        Ok(outcome) => outcome,
        Err(Busy) => {
            app.write(async |tx| store::iam::give_attempt_back(tx, account_id, &target, Factor::Password).await).await?;
            return Err(LoginRefused::Busy);
        }
    };
    let (Some(login), true) = (found, verification != Verification::Mismatch) else { return Err(LoginRefused::Wrong) };
    app.write(async |tx| store::iam::give_attempt_back(tx, account_id, &target, Factor::Password).await).await?;
    if let (Verification::MatchOutdated, Some(password)) = (verification, password) {
        renew_hash(app, &login.profile, password).await?;
    }
    Ok(login)
}

/// Forgets the tries at a user's secrets: they are signed in, or their password was set.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_tries(app: &App, user: &User) -> Result<(), StoreError> {
    let target = target(app, &user.account_id, &user.name);
    app.write(async |tx| store::iam::clear_attempts(tx, &user.account_id, &target).await).await
}

/// The same password, hashed as passwords are now.
async fn renew_hash(app: &App, profile: &LoginProfile, password: Password) -> Result<(), LoginRefused> {
    let hash = app.hasher.hash(password, random_bytes(&mut app.rng())).await?;
    let renewed = LoginProfile { hash, ..profile.clone() };
    app.write(async |tx| store::iam::update_login_profile(tx, &profile.password_id, &renewed).await).await?;
    Ok(())
}

/// Names are one whatever their capitals.
pub(super) fn target(app: &App, account_id: &AccountId, name: &str) -> Target {
    let key = name.to_lowercase();
    Target::hashed(hex(&app.keys.nobody.keyed_hash(&["iam attempts", account_id.as_str(), &key])))
}
