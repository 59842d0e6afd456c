//! CUSTOM_AUTH and CUSTOM_CHALLENGE: the pool's functions say what is asked, and judge the answers. Tries are counted by user,
//! across sessions and nodes, as those at a password are; a second factor, and what else bars the user, is asked for after it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::asked::ChallengeAsked;
use super::driver::{self, Outcome};
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use super::srp;
use super::subject::Subject;
use crate::context::App;
use crate::crypto::srp::ClientPublic;
use crate::flows::clients::AppClient;
use crate::flows::entrance::Entrance;
use crate::flows::triggers::TriggerRefused;
use crate::flows::triggers::challenge::{self, CUSTOM_CHALLENGE, Created, Defined, Whose};
use crate::kit::id::UserId;
use crate::store::{Conn, attempts, users};
use crate::userpools::challenge::{Challenge, CustomRound, Done, Flow, Progress};
use crate::userpools::lockout::Factor;
use crate::userpools::user::User;

/// The longest session string that clients can send back.
///
/// Source: the interface model, SessionType.
const LONGEST_SESSION: usize = 2_048;

/// What a session keeps of a custom challenge: sealed with it, and told to nobody but the functions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Asked {
    /// What the answer is judged by.
    pub private: BTreeMap<String, String>,
    /// What the function noted of it.
    pub metadata: Option<String>,
}

/// Whose sign-in it is, and where it stands.
struct Standing<'a> {
    entrance: &'a Entrance<'a>,
    /// The user, or nobody: [`Subject`].
    user: Option<User>,
    id: UserId,
    /// The name that was given.
    name: &'a str,
    progress: Progress,
}

/// Begins: with the functions' first question, or with a proof of the password before it.
///
/// # Errors
/// [`SignInRefused`].
pub async fn begin(
    entrance: &Entrance<'_>,
    subject: Subject,
    name: &str,
    public: Option<Box<ClientPublic>>,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let flow = if public.is_some() { Flow::CustomSrp } else { Flow::Custom };
    let mut progress = srp::progress(flow, &subject);
    if public.is_some() {
        progress.history.push(CustomRound { challenge: "SRP_A".to_owned(), is_right: true, metadata: None });
    }
    let (defined, subject) = {
        let whose = Whose { user: subject.user.as_ref(), name };
        (challenge::define(app, app_client, whose, &progress.history).await?.ok_or(SignInRefused::NoCustomAuth)?, subject)
    };
    match (defined, public) {
        (Defined::Ask(asked), Some(public)) if asked == "PASSWORD_VERIFIER" => {
            Ok(Outcome::Asked(srp::ask(app, app_client, subject, *public, progress).await?))
        }
        (defined, _) => {
            let standing = Standing { entrance, user: subject.user, id: subject.id, name, progress };
            standing.go(defined).await
        }
    }
}

/// Goes on after the password was proven.
///
/// # Errors
/// [`SignInRefused`].
pub async fn after_password(entrance: &Entrance<'_>, user: User, mut progress: Progress) -> Result<Outcome, SignInRefused> {
    progress.history.push(CustomRound { challenge: "PASSWORD_VERIFIER".to_owned(), is_right: true, metadata: None });
    let (id, name) = (user.id.clone(), user.username.clone());
    Standing { entrance, user: Some(user), id, name: &name, progress }.define().await
}

/// Answers CUSTOM_CHALLENGE. A wrong answer ends nothing: the functions say what follows.
///
/// # Errors
/// [`SignInRefused`].
pub async fn respond(entrance: &Entrance<'_>, name: &str, session: &str, answer: &str) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let session = Session::open(app, app_client, &[Challenge::Custom], session)?;
    let user = app.read(async |tx| users::find(tx, &app_client.pool, name).await).await?;
    let subject = Subject::named(app, &app_client.pool, name, user);
    // SECURITY: the session of one user with the name of another is nobody's; and nobody's session goes by their name too.
    if subject.id != session.user_id {
        return Err(SessionRefused::Invalid.into());
    }
    let username = subject.user.as_ref().map_or(name, |user| &user.username);
    entrance.check_secret_hash(&[name, username])?;
    app.read(async |tx| waits(app, app_client, tx, &session, subject.user.is_some()).await).await??;
    let asked = session.custom.clone().unwrap_or_default();
    driver::charge(app, app_client, &subject.target).await?;
    // Whatever the function says but yes stays charged, for it may say so to a guess.
    let whose = Whose { user: subject.user.as_ref(), name };
    let is_right = challenge::verify(app, app_client, whose, &asked.private, answer).await?.ok_or(SignInRefused::NoCustomAuth)?;
    app.write(async |tx| {
        if let Err(refused) = waits(app, app_client, tx, &session, subject.user.is_some()).await? {
            return Ok(Err(refused));
        }
        session.spend(app, tx, &app_client.pool.id).await??;
        if is_right {
            attempts::give_back(tx, &app_client.pool.id, &subject.target, Factor::Password).await?;
        }
        Ok::<_, SignInRefused>(Ok(()))
    })
    .await??;
    let mut progress = session.progress.clone();
    progress.history.push(CustomRound { challenge: CUSTOM_CHALLENGE.to_owned(), is_right, metadata: asked.metadata });
    Standing { entrance, user: subject.user, id: subject.id, name, progress }.define().await
}

/// Whether the session waits for an answer, and what it rests on is there still.
async fn waits(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    session: &Session,
    is_somebody: bool,
) -> Result<Result<(), SignInRefused>, SignInRefused> {
    if !is_somebody {
        return Ok(session.check_unused(tx, &app_client.pool.id).await?.map_err(Into::into));
    }
    match users::find_by_id(tx, &app_client.pool.id, &session.user_id).await? {
        Some(user) => driver::is_asked(app, app_client, tx, &user, &session.progress, Some(session)).await,
        None => Ok(Err(SessionRefused::Invalid.into())),
    }
}

impl Standing<'_> {
    const fn whose(&self) -> Whose<'_> {
        Whose { user: self.user.as_ref(), name: self.name }
    }

    async fn define(self) -> Result<Outcome, SignInRefused> {
        let defined = challenge::define(self.entrance.app, &self.entrance.app_client, self.whose(), &self.progress.history).await?;
        self.go(defined.ok_or(SignInRefused::NoCustomAuth)?).await
    }

    async fn go(self, defined: Defined) -> Result<Outcome, SignInRefused> {
        match defined {
            Defined::Fail => Err(SignInRefused::Incorrect),
            // SECURITY: whatever the functions say of a name that nobody has.
            Defined::Issue => {
                let user = self.user.ok_or(SignInRefused::Incorrect)?;
                // A function that signs in before the password was asked for has not had it proven.
                let flow = if self.progress.has(Done::Password) { self.progress.flow } else { Flow::Custom };
                driver::advance(self.entrance, user.id, Progress { flow, ..self.progress }, AnswerProof::Custom).await
            }
            Defined::Ask(challenge) if challenge == CUSTOM_CHALLENGE => self.ask().await,
            Defined::Ask(_) => Err(TriggerRefused::UNRECOGNIZABLE.into()),
        }
    }

    async fn ask(mut self) -> Result<Outcome, SignInRefused> {
        let (app, app_client) = (self.entrance.app, &self.entrance.app_client);
        if !self.progress.has(Done::Password) {
            self.progress.flow = Flow::Custom;
        }
        let created = challenge::create(app, app_client, self.whose(), &self.progress.history).await?;
        let Created { public_challenge_parameters: public, private_challenge_parameters: private, challenge_metadata: metadata } =
            created.ok_or(SignInRefused::NoCustomAuth)?;
        let session = Session::new(app, app_client, &self.id, Challenge::Custom, self.progress);
        let session = Session { custom: Some(Asked { private, metadata }), ..session }.to_text(app, app_client)?;
        if session.len() > LONGEST_SESSION {
            return Err(TriggerRefused::Response("The private parameters and the metadata of the challenges are too long").into());
        }
        let username = self.user.map_or_else(|| self.name.to_owned(), |user| user.username);
        Ok(Outcome::Asked(ChallengeAsked::Custom { session, username, parameters: public }))
    }
}
