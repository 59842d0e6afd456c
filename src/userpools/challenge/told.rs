//! What a user is told was done about the risk of their sign-in.

use super::{Barred, Challenge, NextRefused, Progress, Step, second_factor};
use crate::userpools::pool::Pool;
use crate::userpools::risk::notify::Response;
use crate::userpools::takeover::Demand;
use crate::userpools::user::User;

/// What is done about a sign-in's risk, by what follows a first factor that was right; `None` where nothing was judged.
///
/// A second factor that everybody is asked for is no answer to a risk, and neither is one that the user has still to set up:
/// whoever signs in sets it up.
#[must_use]
pub fn response(pool: &Pool, user: &User, progress: &Progress, next: Result<Step, NextRefused>) -> Option<Response> {
    if !progress.has_first() {
        return None;
    }
    let step = match next {
        Err(NextRefused::Stale | NextRefused::Barred(Barred::FlowDisabled(_))) => return None,
        Err(NextRefused::Barred(_)) => return Some(Response::Block),
        // The second factor is asked for after these.
        Ok(Step::Ask(Challenge::NewPassword | Challenge::Custom)) => second_factor(pool, user, progress),
        Ok(step) => Ok(step),
    };
    let is_for_risk = matches!(progress.risk.demand, Demand::MfaIfAble | Demand::Mfa);
    match step {
        Ok(Step::Ask(challenge)) if is_for_risk && challenge.is_second_factor() => Some(Response::Mfa),
        Ok(_) => Some(Response::NoAction),
        Err(_) => Some(Response::Block),
    }
}
