//! USER_AUTH: the user chooses what the sign-in begins with, from what is offered to them. Where users are hidden, what is offered
//! is the pool's to all names alike: codes that would go to nobody are not sent, and never right.

use super::asked::ChallengeAsked;
use super::driver::{self, Outcome};
use super::one_time_code::{self, CodeChallenge, Whom};
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use super::srp;
use super::subject::Subject;
use super::web_authn;
use crate::context::App;
use crate::crypto::ids;
use crate::crypto::srp::ClientPublic;
use crate::flows::clients::AppClient;
use crate::flows::entrance::Entrance;
use crate::flows::triggers::message::{self, Wording};
use crate::kit::secret::Secret;
use crate::store::{Conn, user_pools, users};
use crate::userpools::authentication_level::Target;
use crate::userpools::challenge::target::leading;
use crate::userpools::challenge::{Barred, Challenge, Flow, Progress};
use crate::userpools::first_factor::{self, FirstFactor};
use crate::userpools::user::{User, UserStatus};

/// What the user begins with, and what they gave with it at once.
pub struct Chosen {
    /// The factor.
    pub factor: FirstFactor,
    /// The password, with PASSWORD.
    pub password: Option<Secret>,
    /// `A`, with PASSWORD_SRP.
    pub public: Option<Box<ClientPublic>>,
}

/// An answer to a challenge that comes before anything is proven.
pub enum FirstAnswer {
    /// What the user begins with.
    Chosen(Chosen),
    /// A code that was sent.
    Code(String),
    /// What a passkey signed.
    Passkey(String),
}

/// Begins with what is preferred, if it is offered; else asks for a choice.
///
/// # Errors
/// [`SignInRefused`].
pub async fn begin(
    entrance: &Entrance<'_>,
    username: &str,
    subject: Subject,
    preferred: Option<Chosen>,
    target: Option<Target>,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let offered = offered(app_client, &subject, target.as_ref())?;
    match preferred.filter(|chosen| offered.contains(&chosen.factor)) {
        Some(chosen) => go_on(entrance, username, subject, chosen, None, target).await,
        None if offered.is_empty() => Err(nothing_offered(app_client, &subject)),
        None => {
            let session = session(app, app_client, &subject, Challenge::SelectFirst, None, target).to_text(app, app_client)?;
            Ok(Outcome::Asked(ChallengeAsked::SelectFirst { session, offered }))
        }
    }
}

/// Answers a challenge that comes before anything is proven.
///
/// # Errors
/// [`SignInRefused`].
pub async fn respond(entrance: &Entrance<'_>, username: &str, session: Session, answer: FirstAnswer) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let user = app.read(async |tx| users::find(tx, &app_client.pool, username).await).await?;
    let subject = Subject::named(app, &app_client.pool, username, user);
    // SECURITY: the session of one with the name of another is nobody's.
    if subject.id != session.user_id {
        return Err(SessionRefused::Invalid.into());
    }
    let own_name = subject.user.as_ref().map_or(username, |user| &user.username);
    entrance.check_secret_hash(&[username, own_name])?;
    app.read(async |tx| session.check_unused(tx, &app_client.pool.id).await).await??;
    match answer {
        FirstAnswer::Chosen(chosen) => {
            let target = session.progress.target.clone();
            if !offered(app_client, &subject, target.as_ref())?.contains(&chosen.factor) {
                return Err(SignInRefused::NotOffered);
            }
            go_on(entrance, username, subject, chosen, Some(session), target).await
        }
        FirstAnswer::Code(code) => {
            let challenge = CodeChallenge::of(session.asked).ok_or(SessionRefused::Invalid)?;
            let (user_id, progress) = (subject.id, session.progress.clone());
            let proof = AnswerProof::FirstCode { session, challenge, target: subject.target, code };
            driver::advance(entrance, user_id, progress, proof).await
        }
        FirstAnswer::Passkey(credential) => {
            let progress = session.progress.clone();
            driver::advance(entrance, subject.id, progress, AnswerProof::Passkey { session, credential }).await
        }
    }
}

/// What is offered; of that, what leads to a level.
fn offered(app_client: &AppClient, subject: &Subject, target: Option<&Target>) -> Result<Vec<FirstFactor>, Barred> {
    let pool = &app_client.pool;
    // SECURITY: told by the pool and its client alone where users are hidden, but to who holds a token of the user.
    let is_hidden = app_client.client.configuration.hides_users() && target.is_none_or(|target| target.credit.is_none());
    let user = subject.user.as_ref().filter(|_| !is_hidden);
    let offered = match user {
        _ if is_hidden => first_factor::of_pool(pool),
        Some(user) => first_factor::of_user(pool, user),
        None => Vec::new(),
    };
    match target {
        Some(target) if !offered.is_empty() => leading(pool, user, target, offered),
        _ => Ok(offered),
    }
}

/// What a user is told who has nothing to begin with: if that may be said, to confirm their sign-up first.
fn nothing_offered(app_client: &AppClient, subject: &Subject) -> SignInRefused {
    let waits = subject.user.as_ref().is_some_and(|user| user.status == UserStatus::Unconfirmed);
    if waits && !app_client.client.configuration.hides_users() { Barred::NotConfirmed.into() } else { SignInRefused::Incorrect }
}

async fn go_on(
    entrance: &Entrance<'_>,
    username: &str,
    subject: Subject,
    chosen: Chosen,
    session: Option<Session>,
    target: Option<Target>,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let Chosen { factor, password, public } = chosen;
    match (factor, password, public) {
        (FirstFactor::Password, Some(password), _) => {
            let progress = begun(subject.user.as_ref(), Some(factor), target);
            // It is answered by the password itself: so far it asked for the choice.
            let session = session.map(|session| Session { asked: Challenge::Password, ..session });
            driver::by_password(entrance, subject, password, progress, session).await
        }
        (FirstFactor::PasswordSrp, _, Some(public)) => {
            spend(app, app_client, session.as_ref()).await?;
            let progress = begun(subject.user.as_ref(), Some(factor), target);
            Ok(Outcome::Asked(srp::ask(app, app_client, subject, *public, progress).await?))
        }
        (FirstFactor::Password, None, _) => ask_for(app, app_client, &subject, Challenge::Password, factor, session.as_ref(), target).await,
        (FirstFactor::PasswordSrp, _, None) => {
            ask_for(app, app_client, &subject, Challenge::PasswordSrp, factor, session.as_ref(), target).await
        }
        (FirstFactor::EmailOtp | FirstFactor::SmsOtp, ..) => send(entrance, username, &subject, factor, session.as_ref(), target).await,
        (FirstFactor::WebAuthn, ..) => web_authn::ask(app, app_client, &subject, session.as_ref(), target).await,
    }
}

/// Asks for what was not given with the choice.
async fn ask_for(
    app: &App,
    app_client: &AppClient,
    subject: &Subject,
    challenge: Challenge,
    factor: FirstFactor,
    answered: Option<&Session>,
    target: Option<Target>,
) -> Result<Outcome, SignInRefused> {
    spend(app, app_client, answered).await?;
    let session = session(app, app_client, subject, challenge, Some(factor), target).to_text(app, app_client)?;
    Ok(Outcome::Asked(ChallengeAsked::First { session, factor }))
}

async fn send(
    entrance: &Entrance<'_>,
    username: &str,
    subject: &Subject,
    factor: FirstFactor,
    answered: Option<&Session>,
    target: Option<Target>,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let challenge = if factor == FirstFactor::SmsOtp { Challenge::SmsOtp } else { Challenge::EmailOtp };
    let hides = app_client.client.configuration.hides_users();
    let code_challenge = CodeChallenge::of(challenge).ok_or(SignInRefused::NotOffered)?;
    let name = app_client.pool.one_form(username);
    let next_id = ids::uuid(&mut app.rng());
    let can = |user: &User| user.enabled && first_factor::can_begin(&app_client.pool, user, factor);
    // Who is nobody is sent nothing: there is no message to be worded.
    let wording = match subject.user.as_ref().filter(|user| can(user)) {
        Some(user) => message::word(app, app_client, user, message::AUTHENTICATION).await?,
        None => Wording::default(),
    };
    let (sent, progress) = app
        .write(async |tx| {
            spend_in(app, app_client, tx, answered).await?;
            // Who gets a code is decided on what is so now, and the session rests on it.
            let user = users::find_by_id(tx, &app_client.pool.id, &subject.id).await?;
            let able = user.as_ref().filter(|user| can(user));
            let address = able.and_then(|user| user.address(code_challenge.kind()));
            let language = app_client.pool.configuration.language_of(able);
            let whom = Whom { id: subject.id.as_str(), name: &name, language, address, wording: &wording };
            let sent = one_time_code::send(app, app_client, tx, code_challenge, &next_id, &whom).await?;
            Ok::<_, SignInRefused>((sent, begun(user.as_ref(), Some(factor), target.clone())))
        })
        .await?;
    if !sent.has_room && !hides {
        return Err(SignInRefused::TooManyMessages);
    }
    let session = Session { id: next_id, ..Session::new(app, app_client, &subject.id, challenge, progress) };
    let session = session.to_text(app, app_client)?;
    Ok(Outcome::Asked(ChallengeAsked::Code { session, name: code_challenge.name(), username: None, delivery: sent.delivery }))
}

/// Spends the session that was answered by a choice.
async fn spend(app: &App, app_client: &AppClient, answered: Option<&Session>) -> Result<(), SignInRefused> {
    if answered.is_none() {
        return Ok(());
    }
    app.write(async |tx| spend_in(app, app_client, tx, answered).await).await
}

pub(super) async fn spend_in(app: &App, app_client: &AppClient, tx: &mut Conn, answered: Option<&Session>) -> Result<(), SignInRefused> {
    // A pool that is gone leaves nothing behind, not even for nobody.
    if !user_pools::exists(tx, &app_client.pool.id).await? {
        return Err(app_client.gone().into());
    }
    if let Some(session) = answered {
        session.check_unused(tx, &app_client.pool.id).await??;
        session.spend(app, tx, &app_client.pool.id).await??;
    }
    Ok(())
}

fn session(
    app: &App,
    app_client: &AppClient,
    subject: &Subject,
    challenge: Challenge,
    factor: Option<FirstFactor>,
    target: Option<Target>,
) -> Session {
    Session::new(app, app_client, &subject.id, challenge, begun(subject.user.as_ref(), factor, target))
}

pub(super) fn begun(user: Option<&User>, first: Option<FirstFactor>, target: Option<Target>) -> Progress {
    let (password, factor) = user.map(|user| (user.password_generation, user.factor_generation)).unwrap_or_default();
    Progress { first, target, ..Progress::begin(Flow::Choice, password, factor) }
}
