//! What a sign-in leaves in its user's history: one event, from its first step to its last.

use super::refused::SignInRefused;
use crate::audit::auth_events::{Asked, AuthEventType, ChallengeResponse, ChallengeResult, EventResponse};
use crate::context::App;
use crate::crypto::ids;
use crate::flows::auth_events::{Of, note_step};
use crate::flows::whence::Whence;
use crate::userpools::challenge::{Challenge, Done, Progress};
use crate::userpools::user::User;

/// The sign-in with an event of its own: the one that it has, or from now on.
pub fn begun(app: &App, progress: Progress) -> Progress {
    if progress.event_id.is_empty() { Progress { event_id: ids::uuid(&mut app.rng()), ..progress } } else { progress }
}

/// Notes in the user's history that the password was wrong; a right one is noted with what follows.
pub fn noted(
    app: &App,
    user: Option<&User>,
    whence: Whence<'_>,
    progress: &Progress,
    judged: Result<(), SignInRefused>,
) -> Result<(), SignInRefused> {
    if let (Err(why), Some(user)) = (&judged, user) {
        let of = Of { pool_id: &user.pool_id, user_id: &user.id };
        self::refused(app, whence, of, progress, Challenge::Password, why);
    }
    judged
}

/// Notes that a step was right.
pub fn went_on(app: &App, whence: Whence<'_>, of: Of<'_>, progress: &Progress, is_complete: bool) {
    let response = if is_complete { EventResponse::Pass } else { EventResponse::InProgress };
    note(app, whence, of, progress, response, results(progress));
}

/// Notes that a step was refused. What is our own failure is nothing that the user did.
pub fn refused(app: &App, whence: Whence<'_>, of: Of<'_>, progress: &Progress, asked: Challenge, refused: &SignInRefused) {
    if matches!(refused, SignInRefused::Busy | SignInRefused::Failed(_) | SignInRefused::NoSuchClient(_)) {
        return;
    }
    let failed = match asked {
        Challenge::Password
        | Challenge::Custom
        | Challenge::PasswordSrp
        | Challenge::EmailOtp
        | Challenge::SmsOtp
        | Challenge::WebAuthn => Some(Asked::Password),
        Challenge::SoftwareToken | Challenge::EmailMfa | Challenge::SmsMfa | Challenge::Device => Some(Asked::Mfa),
        Challenge::SelectFirst | Challenge::NewPassword | Challenge::SelectMfa | Challenge::MfaSetup => None,
    };
    let failed = failed.map(|asked| ChallengeResponse { asked, result: ChallengeResult::Failure });
    note(app, whence, of, progress, EventResponse::Fail, results(progress).into_iter().chain(failed).collect());
}

fn note(app: &App, whence: Whence<'_>, of: Of<'_>, progress: &Progress, response: EventResponse, challenges: Vec<ChallengeResponse>) {
    note_step(app, whence.origin, of, (progress.event_id.clone(), AuthEventType::SignIn), response, challenges);
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
