//! The driver: charges tries before they are judged, judges, and then spends, applies and records in one transaction that reads
//! anew whatever decides.

use std::time::Duration;

use super::answer::{Answer, Begin};
use super::asked::ChallengeAsked;
use super::attempt::Attempt;
use super::choice::{self, FirstAnswer};
use super::one_time_code::CodeChallenge;
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use super::srp::{self, PasswordClaim};
use super::step_up::{self, Aimed};
use super::subject::Subject;
use super::{custom, device, history, migrated, password, sign_up};
use crate::audit::Counted;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::flows::clients::AppClient;
use crate::flows::entrance::Entrance;
use crate::flows::issue::Tokens;
use crate::flows::passwords::{self, SetBy};
use crate::flows::takeover;
use crate::flows::triggers;
use crate::kit::id::UserId;
use crate::kit::secret::Secret;
use crate::store::attempts::{self, Charge, Target};
use crate::store::{Conn, users};
use crate::userpools::challenge::{Barred, Challenge, Done, Flow, Progress, Step};
use crate::userpools::lockout::Factor;
use crate::userpools::risk::CredentialsEvent;
use crate::userpools::second_factor::SecondFactor;
use crate::userpools::user::User;

/// What a step of a sign-in comes to.
pub enum Outcome {
    /// The user is asked for more.
    Asked(ChallengeAsked),
    /// The user is signed in.
    SignedIn {
        /// What they get.
        tokens: Tokens,
        /// Whether they showed a second factor.
        mfa: bool,
    },
    /// The user's browser is signed in.
    BrowserSignedIn {
        /// What it holds from now on.
        session: PlainToken,
        /// Whether they showed a second factor.
        mfa: bool,
    },
}

/// What became of an answer inside of the transaction.
pub enum Applied {
    /// It was right.
    Accepted(Done),
    /// It chose a second factor.
    Chosen(SecondFactor),
    /// It named an address that is to become a second factor.
    NewEmail(String),
    /// There was nothing to judge.
    Nothing,
    /// It was wrong: the session counts it.
    Wrong(SignInRefused),
    /// It was not judged.
    Refused(SignInRefused),
}

/// Begins a sign-in.
///
/// # Errors
/// [`SignInRefused`].
pub async fn begin(entrance: &Entrance<'_>, begin: Begin) -> Result<Outcome, SignInRefused> {
    counted(entrance, begun(entrance, begin).await)
}

/// Counts what a step came to, for whoever wants to know how much goes on in the pool.
pub(super) fn counted(entrance: &Entrance<'_>, outcome: Result<Outcome, SignInRefused>) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let what = match &outcome {
        Ok(Outcome::SignedIn { mfa, .. } | Outcome::BrowserSignedIn { mfa, .. }) => Some(Counted::SignIn { mfa: *mfa }),
        Ok(Outcome::Asked(_)) | Err(SignInRefused::Busy | SignInRefused::Failed(_)) => None,
        Err(_) => Some(Counted::RefusedSignIn),
    };
    if let Some(what) = what {
        app.journal.count(&app_client.pool.id, what, app.now());
    }
    outcome
}

async fn begun(entrance: &Entrance<'_>, begin: Begin) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let (flow, username) = match &begin {
        Begin::Password { flow, username, .. } => (*flow, username),
        Begin::Srp { username, .. } => (Flow::Srp, username),
        Begin::Choice { username, .. } => (Flow::Choice, username),
        Begin::Custom { username, .. } => (Flow::Custom, username),
    };
    if !flow.is_taken_by(&app_client.client.configuration) {
        return Err(Barred::FlowDisabled(flow).into());
    }
    entrance.check_secret_hash(&[username])?;
    let mut user = app.read(async |tx| users::find(tx, &app_client.pool, username).await).await?;
    if let (None, Begin::Password { username, password, .. }) = (&user, &begin) {
        user = migrated::user(app, app_client, username, password).await?;
    }
    if user.is_none() && !app_client.client.configuration.hides_users() {
        return Err(SignInRefused::NoSuchUser);
    }
    triggers::sign_in::before(app, app_client, username, user.as_ref()).await?;
    let subject = Subject::named(app, &app_client.pool, username, user);
    match begin {
        Begin::Srp { public, .. } => {
            let progress = srp::progress(flow, &subject);
            Ok(Outcome::Asked(srp::ask(app, app_client, subject, *public, progress).await?))
        }
        Begin::Custom { username, public } => custom::begin(entrance, subject, &username, public).await,
        Begin::Choice { username, preferred, confirmed, level } => {
            let aimed = match level {
                Some(level) => Some(step_up::aimed(entrance, subject.user.as_ref(), level).await?),
                None => None,
            };
            let target = match aimed {
                Some(Aimed::On(progress)) => return step_up::go_on(entrance, subject.id, progress).await,
                Some(Aimed::Anew(target)) => Some(target),
                None => entrance.wished.clone(),
            };
            match confirmed {
                Some(session) => sign_up::begin(entrance, subject.user, &session, target).await,
                None => choice::begin(entrance, &username, subject, preferred, target).await,
            }
        }
        Begin::Password { password, .. } => {
            let progress = Progress { target: entrance.wished.clone(), ..srp::progress(flow, &subject) };
            by_password(entrance, subject, password, progress, None).await
        }
    }
}

/// Goes on by the password itself.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn by_password(
    entrance: &Entrance<'_>,
    subject: Subject,
    password: Secret,
    progress: Progress,
    session: Option<Session>,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let risk = takeover::of_password(entrance, progress.flow, &password).await?;
    let progress = history::begun(app, Progress { risk, ..progress });
    let judging = password::judge(app, &app_client.pool, &subject, password);
    let judged = charged(app, app_client, &subject.target, judging).await;
    history::noted(entrance, subject.user.as_ref(), &progress, judged)?;
    let user = subject.user.ok_or(SignInRefused::Incorrect)?;
    advance(entrance, user.id, progress, AnswerProof::Password { session }).await
}

/// Answers PASSWORD_VERIFIER.
///
/// # Errors
/// [`SignInRefused`].
pub async fn prove(entrance: &Entrance<'_>, claim: PasswordClaim) -> Result<Outcome, SignInRefused> {
    counted(entrance, proven(entrance, claim).await)
}

async fn proven(entrance: &Entrance<'_>, claim: PasswordClaim) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let block = srp::open(app, app_client, &claim)?;
    entrance.check_secret_hash(&[&claim.username, &block.srp_name])?;
    let user = app.read(async |tx| users::find(tx, &app_client.pool, &claim.username).await).await?;
    let progress = history::begun(app, block.session.progress.clone());
    let judged = charged(app, app_client, &block.target, srp::judge(app, app_client, user.as_ref(), &block, claim)).await;
    history::noted(entrance, user.as_ref().filter(|user| user.id == block.session.user_id), &progress, judged)?;
    let fingerprint = block.client_fingerprint();
    let user_id = block.session.user_id.clone();
    let outcome = advance(entrance, user_id, progress, AnswerProof::Password { session: Some(block.session) }).await?;
    if let (Outcome::Asked(asked), Some(fingerprint)) = (&outcome, fingerprint) {
        device::keep(app, app_client, &fingerprint, asked).await?;
    }
    Ok(outcome)
}

/// Answers a challenge that has a session.
///
/// # Errors
/// [`SignInRefused`].
pub async fn respond(entrance: &Entrance<'_>, username: &str, session: &str, answer: Answer) -> Result<Outcome, SignInRefused> {
    counted(entrance, responded(entrance, username, session, answer).await)
}

async fn responded(entrance: &Entrance<'_>, username: &str, session: &str, answer: Answer) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let answer = match answer {
        Answer::Custom { answer } => return custom::respond(entrance, username, session, &answer).await,
        answer => answer,
    };
    let session = Session::open(app, app_client, answer.challenges(), session)?;
    let answer = match answer {
        Answer::SelectFirst(chosen) | Answer::First(chosen) => {
            return choice::respond(entrance, username, session, FirstAnswer::Chosen(chosen)).await;
        }
        Answer::EmailCode { code } | Answer::SmsOtp { code } if !session.progress.has_first() => {
            return choice::respond(entrance, username, session, FirstAnswer::Code(code)).await;
        }
        Answer::Passkey { credential } => {
            return choice::respond(entrance, username, session, FirstAnswer::Passkey(credential)).await;
        }
        answer => answer,
    };
    let user = app.read(async |tx| users::find(tx, &app_client.pool, username).await).await?;
    // SECURITY: the session of one user with the name of another is nobody's.
    let user = user.filter(|user| user.id == session.user_id).ok_or(SessionRefused::Invalid)?;
    entrance.check_secret_hash(&[username, &user.username])?;
    // What is refused here is refused in the transaction too: this look spares the work in between.
    app.read(async |tx| is_asked(app, app_client, tx, &user, &session.progress, Some(&session)).await).await??;
    let proof = match answer {
        Answer::NewPassword { password, attributes } => {
            let (event, address) = (CredentialsEvent::PasswordChange, entrance.whence.address);
            let set_by = SetBy::User { client_id: &app_client.client.id, event, address };
            let record = passwords::make_next_record(app, &app_client.pool, &user, &password, set_by).await?;
            AnswerProof::NewPassword { session, record, attributes }
        }
        Answer::SoftwareToken { code } => AnswerProof::SoftwareToken { session, code },
        Answer::SelectMfa { factor } => AnswerProof::SelectMfa { session, factor },
        Answer::EmailCode { code } | Answer::SmsOtp { code } | Answer::SmsMfa { code } => {
            let challenge = CodeChallenge::of(session.asked).ok_or(SessionRefused::Invalid)?;
            AnswerProof::SecondCode { session, challenge, code }
        }
        Answer::MfaSetup { email } => AnswerProof::MfaSetup { session, email },
        Answer::SelectFirst(_) | Answer::First(_) | Answer::Custom { .. } | Answer::Passkey { .. } => {
            return Err(SessionRefused::Invalid.into());
        }
    };
    let progress = proof.session().map(|session| session.progress.clone()).ok_or(SessionRefused::Invalid)?;
    advance(entrance, user.id, progress, proof).await
}

/// Charges a try at a password, then judges it. What the hashing pool has no room for was never judged: its charge is returned.
///
/// # Errors
/// [`SignInRefused::Locked`]: the right password is refused alike. [`SignInRefused::Incorrect`].
async fn charged(
    app: &App,
    app_client: &AppClient,
    target: &Target,
    judging: impl Future<Output = Result<bool, SignInRefused>>,
) -> Result<(), SignInRefused> {
    charge(app, app_client, target).await?;
    match judging.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SignInRefused::Incorrect),
        Err(refused) => {
            if matches!(refused, SignInRefused::Busy) {
                app.write(async |tx| attempts::give_back(tx, &app_client.pool.id, target, Factor::Password).await).await?;
            }
            Err(refused)
        }
    }
}

/// The pauses between looks at a lock: a few hashes long.
const LOOKS_AGAIN_MILLISECONDS: [u64; 4] = [20, 40, 80, 160];

/// A burst of right passwords is charged until each of them is judged and its charge returned: so who finds the name locked
/// looks again for a moment.
///
/// # Errors
/// [`SignInRefused::Locked`].
pub(super) async fn charge(app: &App, app_client: &AppClient, target: &Target) -> Result<(), SignInRefused> {
    let mut pauses = LOOKS_AGAIN_MILLISECONDS.into_iter().map(Duration::from_millis);
    loop {
        let now = app.now();
        match app.write(async |tx| attempts::charge(tx, &app_client.pool.id, target, Factor::Password, now).await).await? {
            Charge::Made => return Ok(()),
            Charge::NoSuchPool => return Err(app_client.gone().into()),
            Charge::Locked => {}
        }
        match pauses.next() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(SignInRefused::Locked),
        }
    }
}

/// Takes one step of a sign-in.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn advance(
    entrance: &Entrance<'_>,
    user_id: UserId,
    progress: Progress,
    proof: AnswerProof,
) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let progress = history::begun(app, progress);
    // The device is the one that the client names where it proves who the user is.
    let device = if progress.done.is_empty() { entrance.whence.device(&app_client.pool) } else { progress.device.clone() };
    let mut progress = Progress { device, ..progress };
    if progress.done.is_empty() {
        progress.risk = takeover::assess(entrance, &user_id, &progress).await?;
    }
    Attempt { entrance, user_id, progress, proof }.advance().await
}

/// Whether the answer's challenge is what is asked of the user now, and its session was not answered before.
///
/// # Errors
/// Failures of the store; inside, why not.
pub(super) async fn is_asked(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    user: &User,
    progress: &Progress,
    session: Option<&Session>,
) -> Result<Result<(), SignInRefused>, SignInRefused> {
    let asked = session.map_or_else(|| progress.first_asked(), |session| session.asked);
    let stale = || match asked {
        Challenge::Password | Challenge::WebAuthn => SignInRefused::Incorrect,
        _ => SignInRefused::Session(SessionRefused::Invalid),
    };
    if let Some(session) = session
        && let Err(refused) = session.check_unused(tx, &app_client.pool.id).await?
    {
        return Ok(Err(refused.into()));
    }
    Ok(match device::next_in(app, tx, app_client, user, progress).await? {
        Ok(Step::Ask(challenge)) if challenge == asked => Ok(()),
        Ok(_) => Err(stale()),
        Err(refused) => Err(SignInRefused::of_next(refused, stale())),
    })
}
