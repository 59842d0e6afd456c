//! The console passwords of users, as operations set and give them.

use serde::Serialize;

use super::errors::Error;
use crate::authz;
use crate::context::Context;
use crate::crypto::argon2::{PasswordHash, Verification};
use crate::crypto::ids;
use crate::crypto::password::Password;
use crate::iam::entity::User;
use crate::iam::login::{LoginProfile, MOST_REMEMBERED, PasswordPolicy, PasswordRefused};
use crate::kit::clock::Timestamp;
use crate::kit::rng::random_bytes;
use crate::kit::secret::Secret;
use crate::store::{self, Conn, StoreError};

/// A password, as answers give it: without the password.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileAnswer {
    user_name: String,
    create_date: Timestamp,
    password_reset_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_signin_session_duration: Option<i64>,
}

impl ProfileAnswer {
    /// Of a user.
    pub fn of(user: User, profile: &LoginProfile) -> Self {
        Self {
            user_name: user.name,
            create_date: profile.created_at,
            password_reset_required: profile.reset_required,
            max_signin_session_duration: profile.max_session_seconds,
        }
    }
}

/// The user has no password.
pub fn none(user: &User) -> Error {
    Error::NoSuchEntity(format!("Login Profile for User {} cannot be found.", user.name))
}

/// The password of a user.
pub async fn found(tx: &mut Conn, user: &User) -> Result<LoginProfile, Error> {
    store::iam::login_profile(tx, &user.account_id, &user.id).await?.ok_or_else(|| none(user))
}

/// What is said of a password beside it.
#[derive(Clone, Copy)]
pub struct Terms {
    /// Whether the user must set another at their next sign-in.
    pub reset_required: bool,
    /// How long a session that begins with it may last: seconds.
    pub max_session_seconds: Option<i64>,
}

/// A user's first password.
pub async fn first(cx: &Context, user: &User, password: &Secret, terms: Terms) -> Result<LoginProfile, Error> {
    let Terms { reset_required, max_session_seconds } = terms;
    let policy = policy_of(cx, user).await?;
    let hash = hash(cx, check(policy.as_ref(), password)?).await?;
    let (now, password_id) = (cx.now(), ids::uuid(&mut cx.rng()));
    let (account_id, user_id) = (user.account_id.clone(), user.id.clone());
    Ok(LoginProfile { account_id, user_id, password_id, hash, set_at: now, reset_required, max_session_seconds, created_at: now })
}

/// The password that follows a user's.
///
/// It must be none of those that the policy has remembered, whoever sets it: who may set their own by UpdateLoginProfile is held to
/// it as well.
pub async fn next(cx: &Context, user: &User, present: &LoginProfile, password: &Secret, terms: Terms) -> Result<LoginProfile, Error> {
    let policy = policy_of(cx, user).await?;
    let password = check(policy.as_ref(), password)?;
    if let Some(remembered) = policy.and_then(|policy| policy.remembered) {
        let earlier = cx.read(async |tx| store::iam::earlier_passwords(tx, present, remembered - 1).await).await?;
        for hash in [present.hash.clone()].into_iter().chain(earlier) {
            if cx.hasher.verify(password.clone(), hash).await? != Verification::Mismatch {
                return Err(PasswordRefused::Reused.into());
            }
        }
    }
    let Terms { reset_required, max_session_seconds } = terms;
    let hash = hash(cx, password).await?;
    let password_id = ids::uuid(&mut cx.rng());
    Ok(LoginProfile { password_id, hash, set_at: cx.now(), reset_required, max_session_seconds, ..present.clone() })
}

/// Sets the password that follows a user's, and keeps that one for as long as a policy may have it remembered. Who was signed in
/// with it is so no more.
pub async fn put_next(cx: &Context, user: &User, present: &LoginProfile, next: &LoginProfile) -> Result<(), Error> {
    cx.write(async |tx| {
        super::owner::still(tx, user).await?;
        if !store::iam::update_login_profile(tx, &present.password_id, next).await? {
            // Another was set, or it was taken away, while this one was hashed.
            return Err(Error::EntityTemporarilyUnmodifiable(format!("Login Profile for User {} is being changed.", user.name)));
        }
        Ok(store::iam::keep_password(tx, present, MOST_REMEMBERED - 1).await?)
    })
    .await?;
    Ok(authz::forget_tries(cx, user).await?)
}

async fn policy_of(cx: &Context, user: &User) -> Result<Option<PasswordPolicy>, StoreError> {
    cx.read(async |tx| store::iam::password_policy(tx, &user.account_id).await).await
}

fn check(policy: Option<&PasswordPolicy>, password: &Secret) -> Result<Password, Error> {
    // The model's bound is below ours.
    let password = Password::of(password).map_err(|too_long| Error::InvalidInput(too_long.to_string()))?;
    PasswordPolicy::check(policy, &password)?;
    Ok(password)
}

async fn hash(cx: &Context, password: Password) -> Result<PasswordHash, Error> {
    Ok(cx.hasher.hash(password, random_bytes(&mut cx.rng())).await?)
}

#[cfg(test)]
mod tests;
