//! A sign-up that goes on into a sign-in: the code that confirmed it is not asked for again. SignUp hands out a session,
//! ConfirmSignUp gives another for it, and USER_AUTH begins with that one.

use std::time::Duration;

use super::driver::{self, Outcome};
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::session::{self, Session};
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::entrance::Entrance;
use crate::flows::failed::Failed;
use crate::kit::id::UserId;
use crate::store::users;
use crate::userpools::authentication_level::Target;
use crate::userpools::challenge::{Challenge, Flow, Progress};
use crate::userpools::first_factor::{self, FirstFactor};
use crate::userpools::user::User;

/// What the session of a sign-up is sealed for.
const SIGNED_UP: &str = "signed up";

/// The same of one that was confirmed.
const CONFIRMED: &str = "confirmed";

/// The same of one at the hosted pages.
const SIGNED_UP_HERE: &str = "signed up at the hosted pages";

/// How long whoever signed up has for the code to come.
const UNTIL_CONFIRMED: Duration = Duration::from_secs(15 * 60);

/// The session of a new sign-up, where the client signs in by choice.
///
/// # Errors
/// Our own failures only.
pub fn signed_up(app: &App, app_client: &AppClient, user: &User) -> Result<Option<String>, Failed> {
    if !Flow::Choice.is_taken_by(&app_client.client.configuration) {
        return Ok(None);
    }
    let progress = Progress::begin(Flow::Choice, user.password_generation, user.factor_generation);
    let session = Session::new(app, app_client, &user.id, Challenge::SelectFirst, progress);
    session::seal_as(app, app_client, SIGNED_UP, session).map(Some)
}

/// The session of a new sign-up at the hosted pages: whoever chose the password a moment ago is not asked for it once the sign-up is
/// confirmed.
///
/// # Errors
/// Our own failures only.
pub fn signed_up_here(app: &App, app_client: &AppClient, user: &User) -> Result<String, Failed> {
    let progress = Progress::begin(Flow::Hosted, user.password_generation, user.factor_generation);
    let session = Session::new(app, app_client, &user.id, Challenge::Password, progress);
    let expires_at = app.now().plus(UNTIL_CONFIRMED).millis();
    session::seal_as(app, app_client, SIGNED_UP_HERE, Session { expires_at, ..session })
}

/// Signs in who signed up at the hosted pages, in the browser that they did it in. SECURITY: it rests on the password that they
/// chose there, and serves once.
///
/// # Errors
/// [`SignInRefused`].
pub async fn begin_here(entrance: &Entrance<'_>, text: &str) -> Result<Outcome, SignInRefused> {
    let session = session::open_as(entrance.app, &entrance.app_client, SIGNED_UP_HERE, text)?;
    let (user_id, progress) = (session.user_id.clone(), session.progress.clone());
    driver::counted(entrance, driver::advance(entrance, user_id, progress, AnswerProof::Password { session: Some(session) }).await)
}

/// Whose sign-up a session is of.
///
/// # Errors
/// [`SessionRefused`].
pub fn open_signed_up(app: &App, app_client: &AppClient, text: &str) -> Result<UserId, SessionRefused> {
    Ok(session::open_as(app, app_client, SIGNED_UP, text)?.user_id)
}

/// The session of a sign-up that was confirmed just now: it serves in place of the code by which that was done.
///
/// # Errors
/// Our own failures only.
pub async fn confirmed(app: &App, app_client: &AppClient, user_id: &UserId) -> Result<Option<String>, Failed> {
    let user = app.read(async |tx| users::find_by_id(tx, &app_client.pool.id, user_id).await).await?;
    let factor = |user: &User| {
        let able = |factor: &FirstFactor| first_factor::can_begin(&app_client.pool, user, *factor);
        [FirstFactor::SmsOtp, FirstFactor::EmailOtp].into_iter().find(able)
    };
    let Some((user, factor)) = user.and_then(|user| factor(&user).map(|factor| (user, factor))) else { return Ok(None) };
    let asked = if factor == FirstFactor::SmsOtp { Challenge::SmsOtp } else { Challenge::EmailOtp };
    let begun = Progress::begin(Flow::Choice, user.password_generation, user.factor_generation);
    let session = Session::new(app, app_client, user_id, asked, Progress { first: Some(factor), ..begun });
    session::seal_as(app, app_client, CONFIRMED, session).map(Some)
}

/// Begins with the session of a sign-up that was confirmed.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn begin(
    entrance: &Entrance<'_>,
    user: Option<User>,
    text: &str,
    target: Option<Target>,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let session = session::open_as(app, app_client, CONFIRMED, text)?;
    let user = user.filter(|user| user.id == session.user_id).ok_or(SessionRefused::Invalid)?;
    let progress = Progress { target, ..session.progress.clone() };
    driver::advance(entrance, user.id, progress, AnswerProof::Confirmed { session }).await
}
