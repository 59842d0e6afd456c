//! What a sign-in that is to reach a level asks for beyond what every sign-in of the user does.

use super::{Barred, Progress};
use crate::userpools::authentication_level::{Level, Method, Target};
use crate::userpools::first_factor::{self, FirstFactor};
use crate::userpools::pool::Pool;
use crate::userpools::second_factor::{self, Asked, SecondFactor};
use crate::userpools::user::User;

/// The second factors of which one brings a sign-in to its level; `None` where it is there, or is to reach none.
///
/// # Errors
/// [`Barred::LevelUnreachable`].
pub fn raising(pool: &Pool, user: &User, progress: &Progress) -> Result<Option<Vec<SecondFactor>>, Barred> {
    let Some(target) = &progress.target else { return Ok(None) };
    let methods = progress.methods();
    let factors: Vec<SecondFactor> = seconds(pool, Some(user)).collect();
    let best = best(&methods, &factors);
    let aim = match target.levels.iter().copied().find(|level| best >= Some(*level)) {
        Some(aim) => aim,
        None if target.is_wish => return Ok(None),
        None => return Err(Barred::LevelUnreachable),
    };
    if Level::reached(&methods) >= Some(aim) {
        return Ok(None);
    }
    Ok(Some(factors.into_iter().filter(|factor| with(&methods, *factor) >= Some(aim)).collect()))
}

/// What is asked of a user who has passed the first factor: what brings the sign-in to its level, or what is asked of them always.
#[must_use]
pub fn second_asked(pool: &Pool, user: &User, progress: &Progress) -> Asked {
    match raising(pool, user, progress) {
        Ok(Some(factors)) => {
            let factors = chosen_by(pool, user, factors);
            let preferred = user.mfa.preferred().filter(|factor| factors.contains(factor));
            match (preferred, factors.as_slice()) {
                (Some(factor), _) => Asked::One(factor),
                (None, [factor]) => Asked::One(*factor),
                (None, _) => Asked::Choice(factors),
            }
        }
        Ok(None) | Err(_) => second_factor::asked(pool, user, progress.risk.demand),
    }
}

/// Of factors that would do, those that the user chose to be asked for, where there is one.
///
/// SECURITY: whoever asks for a level opens no easier way than the user takes every day.
fn chosen_by(pool: &Pool, user: &User, factors: Vec<SecondFactor>) -> Vec<SecondFactor> {
    let chosen: Vec<SecondFactor> = second_factor::enabled(pool, user).filter(|factor| factors.contains(factor)).collect();
    if chosen.is_empty() { factors } else { chosen }
}

/// Whether methods are enough for a target, as far as the user can reach it by a factor to begin with that `takes` says is asked for.
#[must_use]
pub fn is_met(pool: &Pool, user: &User, target: &Target, methods: &[Method], takes: impl Fn(FirstFactor) -> bool) -> bool {
    let factors: Vec<FirstFactor> = first_factor::of_user(pool, user).into_iter().filter(|factor| takes(*factor)).collect();
    aim(pool, Some(user), target, &factors).is_none_or(|aim| Level::reached(methods) >= Some(aim))
}

/// The first of the levels that one of the factors leads to; of a user, or of whoever the pool may have.
#[must_use]
pub fn aim(pool: &Pool, user: Option<&User>, target: &Target, factors: &[FirstFactor]) -> Option<Level> {
    let reaches = |level: &Level| factors.iter().any(|factor| leads(pool, user, target, *factor) >= Some(*level));
    target.levels.iter().copied().find(reaches)
}

/// The factors to begin with that lead to the sign-in's level.
///
/// SECURITY: without a user all that lead to any of the levels, for which of them is the user's is nobody's to know.
///
/// # Errors
/// [`Barred::LevelUnreachable`].
pub fn leading(pool: &Pool, user: Option<&User>, target: &Target, factors: Vec<FirstFactor>) -> Result<Vec<FirstFactor>, Barred> {
    let aim = match user {
        // What a wish takes is the user's to reach or not, and nobody is kept out.
        None if target.is_wish => return Ok(factors),
        Some(_) => aim(pool, user, target, &factors),
        None => target.levels.iter().copied().min(),
    };
    let Some(aim) = aim else { return if target.is_wish { Ok(factors) } else { Err(Barred::LevelUnreachable) } };
    let leading: Vec<FirstFactor> = factors.into_iter().filter(|factor| leads(pool, user, target, *factor) >= Some(aim)).collect();
    if leading.is_empty() { Err(Barred::LevelUnreachable) } else { Ok(leading) }
}

fn leads(pool: &Pool, user: Option<&User>, target: &Target, first: FirstFactor) -> Option<Level> {
    let first = match first {
        FirstFactor::Password | FirstFactor::PasswordSrp => Method::Password,
        FirstFactor::EmailOtp => Method::Email,
        FirstFactor::SmsOtp => Method::Sms,
        FirstFactor::WebAuthn => Method::PlatformPasskey,
    };
    let mut methods: Vec<Method> = target.credit.iter().flat_map(|credit| credit.methods.iter().copied()).collect();
    methods.push(first);
    best(&methods, &seconds(pool, user).collect::<Vec<_>>())
}

/// The second factors that a sign-in can be raised by.
fn seconds(pool: &Pool, user: Option<&User>) -> impl Iterator<Item = SecondFactor> {
    let can = move |factor: &SecondFactor| match user {
        Some(user) => second_factor::can_show(pool, user, *factor),
        None => second_factor::offers(pool, *factor),
    };
    SecondFactor::ALL.into_iter().filter(can)
}

fn best(methods: &[Method], factors: &[SecondFactor]) -> Option<Level> {
    factors.iter().map(|factor| with(methods, *factor)).max().flatten().max(Level::reached(methods))
}

/// A second factor counts after a password, and after nothing else.
fn with(methods: &[Method], factor: SecondFactor) -> Option<Level> {
    let method = match factor {
        SecondFactor::Sms => Method::Sms,
        SecondFactor::SoftwareToken => Method::SoftwareToken,
        SecondFactor::Email => Method::Email,
    };
    let methods: Vec<Method> = methods.iter().copied().chain([method]).collect();
    if methods.contains(&Method::Password) { Level::reached(&methods) } else { None }
}
