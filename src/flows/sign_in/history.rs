//! What a sign-in leaves in its user's history: one event, from its first step to its last.

use super::refused::SignInRefused;
use crate::audit::auth_events::{Asked, AuthEventDetails, AuthEventType, ChallengeResponse, ChallengeResult, EventResponse, EventRisk};
use crate::context::App;
use crate::crypto::ids;
use crate::flows::auth_events::{Of, note_step, seen};
use crate::flows::entrance::Entrance;
use crate::flows::takeover;
use crate::kit::id::UserId;
use crate::userpools::challenge::{Barred, Challenge, Done, Progress};
use crate::userpools::takeover::Assessment;
use crate::userpools::user::User;

/// The sign-in with an event of its own: the one that it has, or from now on.
pub fn begun(app: &App, progress: Progress) -> Progress {
    if progress.event_id.is_empty() { Progress { event_id: ids::uuid(&mut app.rng()), ..progress } } else { progress }
}

/// Notes in the user's history that the password was wrong; a right one is noted with what follows.
pub fn noted(
    entrance: &Entrance<'_>,
    user: Option<&User>,
    progress: &Progress,
    judged: Result<(), SignInRefused>,
) -> Result<(), SignInRefused> {
    if let (Err(why), Some(user)) = (&judged, user) {
        // Of a password that is wrong nothing was found out.
        let progress = Progress { risk: Assessment::NONE, ..progress.clone() };
        self::refused(entrance, &user.id, &progress, Challenge::Password, why);
    }
    judged
}

/// Notes that a step was right.
pub fn went_on(entrance: &Entrance<'_>, user_id: &UserId, progress: &Progress, is_complete: bool) {
    let response = if is_complete { EventResponse::Pass } else { EventResponse::InProgress };
    note(entrance, user_id, progress, response, results(progress), takeover::noted(&progress.risk, false));
}

/// Notes that a step was refused. What is our own failure is nothing that the user did.
pub fn refused(entrance: &Entrance<'_>, user_id: &UserId, progress: &Progress, asked: Challenge, refused: &SignInRefused) {
    if matches!(refused, SignInRefused::Busy | SignInRefused::Failed(_) | SignInRefused::NoSuchClient(_)) {
        return;
    }
    // What the risk bars was answered right.
    let is_blocked = match refused {
        SignInRefused::Barred(Barred::TooRisky) => true,
        SignInRefused::Barred(Barred::ResetRequired) => progress.risk.must_reset,
        _ => false,
    };
    let risk = takeover::noted(&progress.risk, is_blocked);
    let answered = match asked {
        Challenge::Password
        | Challenge::Custom
        | Challenge::PasswordSrp
        | Challenge::EmailOtp
        | Challenge::SmsOtp
        | Challenge::WebAuthn => Some(Asked::Password),
        Challenge::SoftwareToken | Challenge::EmailMfa | Challenge::SmsMfa | Challenge::Device => Some(Asked::Mfa),
        Challenge::SelectFirst | Challenge::NewPassword | Challenge::SelectMfa | Challenge::MfaSetup => None,
    };
    let result = if is_blocked { ChallengeResult::Success } else { ChallengeResult::Failure };
    let last = answered.map(|asked| ChallengeResponse { asked, result });
    note(entrance, user_id, progress, EventResponse::Fail, results(progress).into_iter().chain(last).collect(), risk);
}

fn note(
    entrance: &Entrance<'_>,
    user_id: &UserId,
    progress: &Progress,
    response: EventResponse,
    challenges: Vec<ChallengeResponse>,
    risk: Option<EventRisk>,
) {
    let (app_client, whence) = (&entrance.app_client, entrance.whence);
    let of = Of { pool_id: &app_client.pool.id, user_id, client_id: &app_client.client.id };
    let details = AuthEventDetails { challenges, risk, ..seen(whence.origin, whence.address) };
    note_step(entrance.app, of, (progress.event_id.clone(), AuthEventType::SignIn), response, details);
}

fn results(progress: &Progress) -> Vec<ChallengeResponse> {
    let asked = |done: &Done| match done {
        Done::Password | Done::Custom | Done::EmailOtp | Done::SmsOtp | Done::WebAuthn => Some(Asked::Password),
        Done::SoftwareToken | Done::EmailMfa | Done::SmsMfa | Done::Enrolment | Done::Device => Some(Asked::Mfa),
        Done::NewPassword | Done::MfaSetup => None,
    };
    let success = |asked| ChallengeResponse { asked, result: ChallengeResult::Success };
    progress.done.iter().filter_map(asked).map(success).collect()
}
