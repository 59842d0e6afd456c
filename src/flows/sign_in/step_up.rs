//! TARGET_ACR_VALUES, MAX_AGE and ACCESS_TOKEN of USER_AUTH: a sign-in that is to reach a level, from nothing or from what an
//! earlier sign-in of the same user reached.
//!
//! Source: Amazon Cognito developer guide, "Step-up authentication with the USER_AUTH flow".

use std::time::Duration;

use super::driver::{self, Outcome};
use super::proof::AnswerProof;
use super::refused::SignInRefused;
use super::{choice, subject};
use crate::flows::access::{self, AccessRefused};
use crate::flows::entrance::Entrance;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;
use crate::store::tokens;
use crate::userpools::authentication_level::{Credit, Level, Method, Target};
use crate::userpools::challenge::{Barred, NextRefused, Progress, Step, next, target};
use crate::userpools::first_factor;
use crate::userpools::pool::acr_values;
use crate::userpools::user::User;

/// The level that a sign-in is asked to reach, as the wire has it.
pub struct LevelAsked {
    /// TARGET_ACR_VALUES.
    pub levels: String,
    /// ACCESS_TOKEN.
    pub access_token: Option<String>,
    /// MAX_AGE.
    pub max_age: Option<Duration>,
}

/// What the sign-in is to reach, and by what it begins.
pub enum Aimed {
    /// By a first factor.
    Anew(Target),
    /// By what is lacking after the earlier sign-in.
    On(Progress),
}

/// Reads what level is asked for, and what an earlier sign-in brings along.
///
/// # Errors
/// [`SignInRefused::NoSuchLevel`], [`SignInRefused::Access`], [`SignInRefused::LevelReached`], [`Barred::LevelUnreachable`].
pub async fn aimed(entrance: &Entrance<'_>, user: Option<&User>, asked: LevelAsked) -> Result<Aimed, SignInRefused> {
    let pool = &entrance.app_client.pool;
    let levels = Level::asked(&asked.levels, acr_values(&pool.configuration.acr_configuration));
    if levels.is_empty() {
        return Err(SignInRefused::NoSuchLevel);
    }
    let anew = Target { levels, credit: None, is_wish: false };
    let Some(access_token) = &asked.access_token else { return Ok(Aimed::Anew(anew)) };
    let (user, credit) = credit(entrance, user, access_token).await?;
    if asked.max_age.is_some_and(|age| entrance.app.now().since(Timestamp::from_millis(credit.authenticated_at)) > age) {
        return Ok(Aimed::Anew(anew));
    }
    let target = Target { credit: Some(credit), ..anew };
    let aim = target::aim(pool, Some(user), &target, &first_factor::of_user(pool, user)).ok_or(Barred::LevelUnreachable)?;
    let credited = target.credit.as_ref().map_or(&[] as &[Method], |credit| &credit.methods);
    // What a password began may still lack what is asked of the user always: `next` knows.
    if Level::reached(credited) >= Some(aim) && !credited.contains(&Method::Password) {
        return Err(SignInRefused::LevelReached);
    }
    let target = Target { levels: vec![aim], ..target };
    // The holder of the token is known: the sign-in goes on where the earlier one ended, if one more factor is enough.
    let progress = Progress { target: Some(first(target.clone())), ..choice::begun(Some(user), None, None) };
    match next(pool, &entrance.app_client.client, user, &progress, entrance.app.now()) {
        Ok(Step::Complete) => Err(SignInRefused::LevelReached),
        Ok(Step::Ask(_)) if progress.has_first() => Ok(Aimed::On(progress)),
        Ok(Step::Ask(_)) | Err(NextRefused::Barred(Barred::LevelUnreachable)) => Ok(Aimed::Anew(target)),
        Err(refused) => Err(SignInRefused::of_next(refused, SignInRefused::Incorrect)),
    }
}

/// Goes on where the earlier sign-in ended.
///
/// # Errors
/// [`SignInRefused`].
pub async fn go_on(entrance: &Entrance<'_>, user_id: UserId, progress: Progress) -> Result<Outcome, SignInRefused> {
    driver::advance(entrance, user_id, progress, AnswerProof::Credited).await
}

fn first(target: Target) -> Target {
    Target { credit: target.credit.map(|credit| Credit { is_first: true, ..credit }), ..target }
}

/// SECURITY: what the token says of methods is passed over: what its sign-in was recorded with counts. It is credited to its own
/// user and client only, and not where somebody else acts by it.
async fn credit<'a>(entrance: &Entrance<'_>, user: Option<&'a User>, access_token: &str) -> Result<(&'a User, Credit), SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let holder = access::holder(app, access_token).await?;
    let claims = holder.claims;
    let is_own = holder.pool.id == app_client.pool.id && claims.client_id == app_client.client.id && claims.act.is_none();
    let user = user.filter(|user| is_own && user.id == holder.user.id).ok_or(AccessRefused::Invalid)?;
    let family = app.read(async |tx| tokens::find_family(tx, &user.pool_id, &claims.origin_jti).await).await?;
    let family = family.filter(|family| subject::is_live(family, &user.id)).ok_or(AccessRefused::Revoked)?;
    let credit = Credit {
        origin_jti: family.origin_jti,
        methods: family.methods,
        authenticated_at: family.authenticated_at.millis(),
        is_first: false,
    };
    Ok((user, credit))
}
