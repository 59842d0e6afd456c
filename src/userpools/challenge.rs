//! What a sign-in asks for next: the rules as one pure function of the pool, the client, the user and what was done so far.
//!
//! An answer to a challenge counts only where [`next`], on what the store says in the transaction that acts, asks for that very
//! challenge: so a session ends by itself with the password, the status or the factors that it rests on.

pub mod target;
pub mod told;

use serde::{Deserialize, Serialize};

use super::authentication_level::{Method, Target};
use super::client::{Client, ClientConfiguration};
use super::device::{Device, DeviceStatus};
use super::first_factor::{self, FirstFactor};
use super::pool::Pool;
use super::second_factor::{Asked, SecondFactor};
use super::takeover::{Assessment, Demand};
use super::user::{Generation, User, UserStatus};
use crate::kit::clock::Timestamp;

/// How a sign-in began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flow {
    /// The password itself, from the user's device.
    Password,
    /// The password itself, from a backend.
    AdminPassword,
    /// A proof of the password.
    Srp,
    /// Whatever the pool's functions ask.
    Custom,
    /// A proof of the password, and then whatever the pool's functions ask.
    CustomSrp,
    /// With what the user chooses.
    Choice,
    /// The password itself, at the hosted pages.
    Hosted,
}

impl Flow {
    /// Whether a client takes the flow. The hosted pages are those of clients that use the OAuth endpoints, and of no flow of the API.
    #[must_use]
    pub fn is_taken_by(self, configuration: &ClientConfiguration) -> bool {
        match self {
            Self::Password => configuration.allows("ALLOW_USER_PASSWORD_AUTH"),
            Self::AdminPassword => configuration.allows("ALLOW_ADMIN_USER_PASSWORD_AUTH"),
            Self::Srp => configuration.allows("ALLOW_USER_SRP_AUTH"),
            Self::Custom | Self::CustomSrp => configuration.allows("ALLOW_CUSTOM_AUTH"),
            Self::Choice => configuration.allows("ALLOW_USER_AUTH"),
            Self::Hosted => configuration.allowed_oauth_flows_user_pool_client,
        }
    }
}

/// What a sign-in asks of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Challenge {
    /// To choose what the sign-in begins with.
    SelectFirst,
    /// The password, or a proof of it.
    Password,
    /// What a proof of the password begins with.
    PasswordSrp,
    /// A code by mail in place of the password.
    EmailOtp,
    /// A code by text message in place of the password.
    SmsOtp,
    /// A passkey.
    WebAuthn,
    /// A password of their own, in place of a temporary one.
    NewPassword,
    /// A code of their authenticator.
    SoftwareToken,
    /// To choose the second factor.
    SelectMfa,
    /// A code by mail, after the password.
    EmailMfa,
    /// A code by text message, after the password.
    SmsMfa,
    /// To set up a second factor.
    MfaSetup,
    /// What the pool's functions ask.
    Custom,
    /// A proof of a remembered device's secret.
    Device,
}

impl Challenge {
    /// Whether it asks for a second factor that the user has.
    #[must_use]
    pub const fn is_second_factor(self) -> bool {
        match self {
            Self::SoftwareToken | Self::SelectMfa | Self::EmailMfa | Self::SmsMfa => true,
            Self::SelectFirst
            | Self::Password
            | Self::PasswordSrp
            | Self::EmailOtp
            | Self::SmsOtp
            | Self::WebAuthn
            | Self::NewPassword
            | Self::MfaSetup
            | Self::Custom
            | Self::Device => false,
        }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    /// The password was proven.
    Password,
    /// A code by mail was right, in place of the password.
    EmailOtp,
    /// A code by text message was right, in place of the password.
    SmsOtp,
    /// A passkey signed.
    WebAuthn,
    /// A password of their own was set.
    NewPassword,
    /// A code of their authenticator was right.
    SoftwareToken,
    /// A code by mail was right, after the password.
    EmailMfa,
    /// A code by text message was right, after the password.
    SmsMfa,
    /// An authenticator was enrolled during this sign-in, its first code verified.
    Enrolment,
    /// MFA_SETUP was answered after that.
    MfaSetup,
    /// The pool's functions know the user.
    Custom,
    /// The device's secret was proven.
    Device,
}

/// One round of a custom challenge, as its triggers are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRound {
    /// The challenge's name.
    pub challenge: String,
    /// Whether the answer was right.
    pub is_right: bool,
    /// What the trigger that made it noted.
    pub metadata: Option<String>,
}

/// Where a sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How it began.
    pub flow: Flow,
    /// What was done, in order.
    pub done: Vec<Done>,
    /// The rounds of custom challenges.
    pub history: Vec<CustomRound>,
    /// The remembered device that it comes from.
    pub device: Option<String>,
    /// The password that it rests on.
    pub password_generation: Generation,
    /// The second factors that it rests on.
    pub factor_generation: Generation,
    /// What its steps are noted under in the user's history.
    #[serde(default)]
    pub event_id: String,
    /// What it begins with, where that was chosen.
    #[serde(default)]
    pub first: Option<FirstFactor>,
    /// The second factor, where that was chosen.
    #[serde(default)]
    pub second: Option<SecondFactor>,
    /// The address that becomes a second factor once a code has reached it.
    #[serde(default)]
    pub new_email: Option<String>,
    /// The level that it is to reach, if any.
    #[serde(default)]
    pub target: Option<Target>,
    /// What kind of passkey signed.
    #[serde(default)]
    pub passkey: Option<Method>,
    /// The risk that was seen when it was proven who the user is.
    #[serde(default)]
    pub risk: Assessment,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The user is asked for this.
    Ask(Challenge),
    /// The user is signed in.
    Complete,
}

/// Why a sign-in does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NextRefused {
    /// What it rests on has been replaced.
    #[error("the password or a factor is another one now")]
    Stale,
    /// It is barred, whatever it rests on.
    #[error(transparent)]
    Barred(#[from] Barred),
}

/// What bars a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// The client does not take the flow, or no longer.
    #[error("the flow {0:?} is not enabled for the client")]
    FlowDisabled(Flow),
    /// The user may not sign in.
    #[error("the user is disabled")]
    Disabled,
    /// Signed up, not confirmed.
    #[error("the user is not confirmed")]
    NotConfirmed,
    /// The password must be reset first.
    #[error("the password must be reset")]
    ResetRequired,
    /// Somebody else may act in the user's name.
    #[error("the sign-in is too risky")]
    TooRisky,
    /// The temporary password is too old.
    #[error("the temporary password has expired")]
    TemporaryPasswordExpired,
    /// The user has no factors for a level that the sign-in is to reach.
    #[error("the user reaches none of the levels")]
    LevelUnreachable,
}

impl Progress {
    /// A sign-in that begins; nothing is done.
    #[must_use]
    pub const fn begin(flow: Flow, password_generation: Generation, factor_generation: Generation) -> Self {
        Self {
            flow,
            done: Vec::new(),
            history: Vec::new(),
            device: None,
            password_generation,
            factor_generation,
            first: None,
            second: None,
            new_email: None,
            target: None,
            passkey: None,
            event_id: String::new(),
            risk: Assessment::NONE,
        }
    }

    /// The sign-in after one more step. It rests on what the user has after that step.
    #[must_use]
    pub fn after(mut self, done: Done, user: &User) -> Self {
        self.done.push(done);
        Self { password_generation: user.password_generation, factor_generation: user.factor_generation, ..self }
    }

    /// What is asked before any session says so.
    #[must_use]
    pub fn first_asked(&self) -> Challenge {
        match self.flow {
            Flow::Custom => Challenge::Custom,
            Flow::CustomSrp if self.has(Done::Password) => Challenge::Custom,
            Flow::CustomSrp | Flow::Password | Flow::AdminPassword | Flow::Srp | Flow::Choice | Flow::Hosted => Challenge::Password,
        }
    }

    /// Whether something was done.
    #[must_use]
    pub fn has(&self, done: Done) -> bool {
        self.done.contains(&done)
    }

    /// Whether the user has proven who they are.
    #[must_use]
    pub fn has_first(&self) -> bool {
        let is_first = |done: &Done| matches!(done, Done::Password | Done::EmailOtp | Done::SmsOtp | Done::WebAuthn | Done::Custom);
        self.done.iter().any(is_first) || self.credited_first().contains(&Method::Password)
    }

    fn has_second(&self) -> bool {
        let is_second = |method: &Method| matches!(method, Method::SoftwareToken | Method::Email | Method::Sms);
        let credited = self.credited_first();
        self.done.iter().any(|done| matches!(done, Done::SoftwareToken | Done::EmailMfa | Done::SmsMfa))
            || credited.contains(&Method::Password) && credited.iter().any(is_second)
    }

    /// Whether it rests on an earlier sign-in.
    #[must_use]
    pub fn is_credited(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.credit.is_some())
    }

    /// The methods of an earlier sign-in whose password stands for the first factor of this one.
    fn credited_first(&self) -> &[Method] {
        let credit = self.target.as_ref().and_then(|target| target.credit.as_ref()).filter(|credit| credit.is_first);
        credit.map_or(&[], |credit| &credit.methods)
    }

    /// The methods by which the user proved who they are, each once, what was credited first.
    ///
    /// A remembered device is none, and neither is a factor that was set up in this very sign-in: it vouches for nobody yet.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let mut methods: Vec<Method> = Vec::new();
        let credited = self.target.iter().filter_map(|target| target.credit.as_ref()).flat_map(|credit| credit.methods.iter().copied());
        for method in credited.chain(self.done.iter().filter_map(|done| self.method_of(*done))) {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        methods
    }

    fn method_of(&self, done: Done) -> Option<Method> {
        match done {
            Done::Password => Some(Method::Password),
            Done::EmailOtp => Some(Method::Email),
            Done::SmsOtp | Done::SmsMfa => Some(Method::Sms),
            Done::WebAuthn => Some(self.passkey.unwrap_or(Method::PlatformPasskey)),
            Done::SoftwareToken => Some(Method::SoftwareToken),
            Done::EmailMfa if self.new_email.is_none() => Some(Method::Email),
            Done::EmailMfa | Done::Enrolment | Done::MfaSetup | Done::NewPassword | Done::Custom | Done::Device => None,
        }
    }
}

/// What a sign-in asks for next.
///
/// # Errors
/// [`NextRefused`].
pub fn next(pool: &Pool, client: &Client, user: &User, progress: &Progress, now: Timestamp) -> Result<Step, NextRefused> {
    if !progress.flow.is_taken_by(&client.configuration) {
        return Err(Barred::FlowDisabled(progress.flow).into());
    }
    if (progress.password_generation, progress.factor_generation) != (user.password_generation, user.factor_generation) {
        return Err(NextRefused::Stale);
    }
    if !progress.has_first() {
        return first(pool, user, progress).map(Step::Ask);
    }
    // SECURITY: what follows tells of the user, and is told to nobody who has not proven who they are.
    if !user.enabled {
        return Err(Barred::Disabled.into());
    }
    if progress.risk.demand == Demand::Refusal {
        return Err(Barred::TooRisky.into());
    }
    if progress.flow == Flow::CustomSrp && !progress.has(Done::Custom) {
        return Ok(Step::Ask(Challenge::Custom));
    }
    match user.status {
        UserStatus::Unconfirmed => Err(Barred::NotConfirmed.into()),
        UserStatus::ResetRequired => Err(Barred::ResetRequired.into()),
        // Who has no password here is told what a wrong one is told.
        UserStatus::ExternalProvider => Err(NextRefused::Stale),
        UserStatus::ForceChangePassword => {
            let until = user.password.as_ref().and_then(|password| password.temporary_until);
            let expired = until.is_some_and(|until| now >= until);
            if expired {
                return Err(Barred::TemporaryPasswordExpired.into());
            }
            // SECURITY: who is refused in the end for a factor that they lack sets no password before.
            match second_factor(pool, user, progress) {
                Err(NextRefused::Barred(Barred::TooRisky)) => Err(Barred::TooRisky.into()),
                Ok(_) | Err(_) => Ok(Step::Ask(Challenge::NewPassword)),
            }
        }
        UserStatus::Confirmed => Ok(match second_factor(pool, user, progress)? {
            Step::Complete => last(pool, user, now),
            asked => asked,
        }),
    }
}

/// What follows the factors of a user who has a password of their own.
///
/// SECURITY: one that has aged is replaced by who has shown every factor: an old password alone, which may have leaked, sets none.
fn last(pool: &Pool, user: &User, now: Timestamp) -> Step {
    if pool.configuration.has_aged(user, now) { Step::Ask(Challenge::NewPassword) } else { Step::Complete }
}

/// What a sign-in asks for next on a device of the user: a remembered one proves itself, in place of a second factor where the
/// pool says so, and last elsewhere.
///
/// Source: Amazon Cognito user pools API reference, DeviceConfigurationType.
///
/// # Errors
/// [`NextRefused`].
pub fn next_on(
    device: Option<&Device>,
    pool: &Pool,
    client: &Client,
    user: &User,
    progress: &Progress,
    now: Timestamp,
) -> Result<Step, NextRefused> {
    let step = next(pool, client, user, progress, now)?;
    let Some(configuration) = pool.configuration.device_configuration else { return Ok(step) };
    // SECURITY: another user's device is none of theirs, and who forgot it has none.
    let is_remembered = |device: &&Device| device.status == DeviceStatus::Remembered && device.user_id == user.id;
    if device.filter(is_remembered).is_none() {
        return Ok(step);
    }
    // SECURITY: a device stands for the second factor that everybody is asked for, for none that a level or a risk asks for.
    let is_for_all = target::raising(pool, user, progress) == Ok(None) && progress.risk.demand == Demand::Nothing;
    let spares = |challenge: Challenge| challenge.is_second_factor() && configuration.challenge_required_on_new_device && is_for_all;
    let step = match step {
        Step::Ask(challenge) if spares(challenge) => Step::Complete,
        step => step,
    };
    Ok(match step {
        Step::Complete if !progress.has(Done::Device) => Step::Ask(Challenge::Device),
        // What would follow the second factor follows the device in its place.
        Step::Complete => last(pool, user, now),
        asked => asked,
    })
}

fn first(pool: &Pool, user: &User, progress: &Progress) -> Result<Challenge, NextRefused> {
    match (progress.flow, progress.first) {
        (Flow::Password | Flow::AdminPassword | Flow::Srp | Flow::CustomSrp | Flow::Hosted, _) => Ok(Challenge::Password),
        (Flow::Custom, _) => Ok(Challenge::Custom),
        (Flow::Choice, None) => Ok(Challenge::SelectFirst),
        (Flow::Choice, Some(factor)) if !first_factor::can_begin(pool, user, factor) => Err(NextRefused::Stale),
        (Flow::Choice, Some(factor)) => Ok(match factor {
            FirstFactor::Password | FirstFactor::PasswordSrp => Challenge::Password,
            FirstFactor::EmailOtp => Challenge::EmailOtp,
            FirstFactor::SmsOtp => Challenge::SmsOtp,
            FirstFactor::WebAuthn => Challenge::WebAuthn,
        }),
    }
}

fn second_factor(pool: &Pool, user: &User, progress: &Progress) -> Result<Step, NextRefused> {
    if target::raising(pool, user, progress)?.is_none() {
        if progress.has(Done::Enrolment) {
            return Ok(if progress.has(Done::MfaSetup) { Step::Complete } else { Step::Ask(Challenge::MfaSetup) });
        }
        if progress.has_second() || progress.has(Done::WebAuthn) && first_factor::passkey_is_both(pool, user) {
            return Ok(Step::Complete);
        }
    }
    Ok(match target::second_asked(pool, user, progress) {
        Asked::Lacking => return Err(Barred::TooRisky.into()),
        Asked::Nothing => Step::Complete,
        Asked::One(factor) => Step::Ask(of_second(factor)),
        Asked::Choice(factors) => match progress.second.filter(|chosen| factors.contains(chosen)) {
            Some(factor) => Step::Ask(of_second(factor)),
            None => Step::Ask(Challenge::SelectMfa),
        },
        Asked::Setup if progress.new_email.is_some() => Step::Ask(Challenge::EmailMfa),
        Asked::Setup => Step::Ask(Challenge::MfaSetup),
    })
}

const fn of_second(factor: SecondFactor) -> Challenge {
    match factor {
        SecondFactor::Sms => Challenge::SmsMfa,
        SecondFactor::SoftwareToken => Challenge::SoftwareToken,
        SecondFactor::Email => Challenge::EmailMfa,
    }
}

#[cfg(test)]
mod tests;
