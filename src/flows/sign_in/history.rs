//! What a sign-in leaves in its user's history: one event, from its first step to its last.

use super::refused::SignInRefused;
use crate::audit::auth_events::{Asked, AuthEventType, ChallengeResponse, ChallengeResult, EventResponse};
use crate::context::App;
use crate::crypto::ids;
use crate::flows::auth_events::{Of, note_step};
use crate::flows::whence::Whence;
use crate::userpools::challenge::{Challenge, Done, Progress};
use crate::userpools::user::User;

/// The sign-in with an event of its own.
pub fn begun(app: &App, progress: Progress) -> Progress {
    Progress { event_id: ids::uuid(&mut app.rng()), ..progress }
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
        Challenge::Password => Some(Asked::Password),
        Challenge::SoftwareToken | Challenge::Device => Some(Asked::Mfa),
        Challenge::NewPassword | Challenge::MfaSetup => None,
    };
    let failed = failed.map(|asked| ChallengeResponse { asked, result: ChallengeResult::Failure });
    note(app, whence, of, progress, EventResponse::Fail, results(progress).into_iter().chain(failed).collect());
}

fn note(app: &App, whence: Whence<'_>, of: Of<'_>, progress: &Progress, response: EventResponse, challenges: Vec<ChallengeResponse>) {
    // A sign-in that began on a node of an earlier release has no event.
    if !progress.event_id.is_empty() {
        note_step(app, whence.origin, of, (progress.event_id.clone(), AuthEventType::SignIn), response, challenges);
    }
}

fn results(progress: &Progress) -> Vec<ChallengeResponse> {
    let asked = |done: &Done| match done {
        Done::Password => Some(Asked::Password),
        Done::SoftwareToken | Done::Enrolment | Done::Device => Some(Asked::Mfa),
        Done::NewPassword | Done::MfaSetup => None,
    };
    let success = |asked| ChallengeResponse { asked, result: ChallengeResult::Success };
    progress.done.iter().filter_map(asked).map(success).collect()
}
