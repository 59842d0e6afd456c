//! The driver: charges tries before they are judged, judges, and then spends, applies and records in one transaction that reads
//! anew whatever decides.

use std::collections::BTreeMap;
use std::time::Duration;

use super::answer::{Answer, Begin};
use super::asked::{ChallengeAsked, ask};
use super::choice::{self, FirstAnswer};
use super::one_time_code::{self, CodeChallenge};
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use super::srp::{self, PasswordClaim};
use super::subject::{Subject, attempts_of};
use super::{mfa_setup, new_password, password, second_code, sign_up, software_token, web_authn};
use crate::audit::Counted;
use crate::context::App;
use crate::crypto::ids;
use crate::flows::clients::AppClient;
use crate::flows::codes::CodeDelivery;
use crate::flows::issue::{self, Tokens};
use crate::flows::passwords;
use crate::kit::id::UserId;
use crate::kit::secret::Secret;
use crate::store::attempts::{self, Charge, Target};
use crate::store::{Conn, groups, tokens, users};
use crate::userpools::challenge::{Barred, Challenge, Done, Flow, Progress, Step, next};
use crate::userpools::first_factor;
use crate::userpools::group::{GroupClaims, Membership};
use crate::userpools::lockout::Factor;
use crate::userpools::second_factor::SecondFactor;
use crate::userpools::user::{PasswordRecord, User};

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
}

/// What became of an answer inside of the transaction.
pub enum Applied {
    /// It was right.
    Accepted(Done),
    /// It chose a second factor.
    Chosen(SecondFactor),
    /// It named an address that is to become a second factor.
    NewEmail(String),
    /// It was wrong: the session counts it.
    Wrong(SignInRefused),
    /// It was not judged.
    Refused(SignInRefused),
}

/// Begins a sign-in.
///
/// # Errors
/// [`SignInRefused`].
pub async fn begin(app: &App, app_client: &AppClient, begin: Begin, secret_hash: Option<&str>) -> Result<Outcome, SignInRefused> {
    counted(app, app_client, begun(app, app_client, begin, secret_hash).await)
}

/// Counts what a step came to, for whoever wants to know how much goes on in the pool.
fn counted(app: &App, app_client: &AppClient, outcome: Result<Outcome, SignInRefused>) -> Result<Outcome, SignInRefused> {
    let what = match &outcome {
        Ok(Outcome::SignedIn { mfa, .. }) => Some(Counted::SignIn { mfa: *mfa }),
        Ok(Outcome::Asked(_)) | Err(SignInRefused::Busy | SignInRefused::Failed(_)) => None,
        Err(_) => Some(Counted::RefusedSignIn),
    };
    if let Some(what) = what {
        app.journal.count(&app_client.pool.id, what, app.now());
    }
    outcome
}

async fn begun(app: &App, app_client: &AppClient, begin: Begin, secret_hash: Option<&str>) -> Result<Outcome, SignInRefused> {
    let (flow, username) = match &begin {
        Begin::Password { flow, username, .. } => (*flow, username),
        Begin::Srp { username, .. } => (Flow::Srp, username),
        Begin::Choice { username, .. } => (Flow::Choice, username),
    };
    if !app_client.client.configuration.allows(flow.setting()) {
        return Err(Barred::FlowDisabled(flow).into());
    }
    app_client.check_secret_hash(app, &[username], secret_hash)?;
    let user = app.read(async |tx| users::find(tx, &app_client.pool, username).await).await?;
    if user.is_none() && !app_client.client.configuration.hides_users() {
        return Err(SignInRefused::NoSuchUser);
    }
    let subject = Subject::named(app, &app_client.pool, username, user);
    match begin {
        Begin::Srp { public, .. } => Ok(Outcome::Asked(srp::ask(app, app_client, subject, *public, Flow::Srp, None).await?)),
        Begin::Choice { confirmed: Some(session), .. } => sign_up::begin(app, app_client, subject.user, &session).await,
        Begin::Choice { username, preferred, confirmed: None } => choice::begin(app, app_client, &username, subject, preferred).await,
        Begin::Password { password, .. } => {
            let generations = subject.user.as_ref().map(|user| (user.password_generation, user.factor_generation)).unwrap_or_default();
            let progress = Progress::begin(flow, generations.0, generations.1);
            by_password(app, app_client, subject, password, progress, None).await
        }
    }
}

/// Goes on by the password itself.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn by_password(
    app: &App,
    app_client: &AppClient,
    subject: Subject,
    password: Secret,
    progress: Progress,
    session: Option<Session>,
) -> Result<Outcome, SignInRefused> {
    let judging = password::judge(app, &subject, password);
    charged(app, app_client, &subject.target, judging).await?;
    let user = subject.user.ok_or(SignInRefused::Incorrect)?;
    advance(app, app_client, user.id, progress, AnswerProof::Password { session }).await
}

/// Takes one step of a sign-in.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn advance(
    app: &App,
    app_client: &AppClient,
    user_id: UserId,
    progress: Progress,
    proof: AnswerProof,
) -> Result<Outcome, SignInRefused> {
    Attempt { app, app_client, user_id, progress, proof }.advance().await
}

/// Answers PASSWORD_VERIFIER.
///
/// # Errors
/// [`SignInRefused`].
pub async fn prove(app: &App, app_client: &AppClient, claim: PasswordClaim, secret_hash: Option<&str>) -> Result<Outcome, SignInRefused> {
    counted(app, app_client, proven(app, app_client, claim, secret_hash).await)
}

async fn proven(app: &App, app_client: &AppClient, claim: PasswordClaim, secret_hash: Option<&str>) -> Result<Outcome, SignInRefused> {
    let block = srp::open(app, app_client, &claim)?;
    app_client.check_secret_hash(app, &[&claim.username, &block.srp_name], secret_hash)?;
    let user = app.read(async |tx| users::find(tx, &app_client.pool, &claim.username).await).await?;
    charged(app, app_client, &block.target, srp::judge(app, app_client, user.as_ref(), &block, claim)).await?;
    let progress = block.session.progress.clone();
    Attempt {
        app,
        app_client,
        user_id: block.session.user_id.clone(),
        progress,
        proof: AnswerProof::Password { session: Some(block.session) },
    }
    .advance()
    .await
}

/// Answers a challenge that has a session.
///
/// # Errors
/// [`SignInRefused`].
pub async fn respond(
    app: &App,
    app_client: &AppClient,
    username: &str,
    session: &str,
    answer: Answer,
    secret_hash: Option<&str>,
) -> Result<Outcome, SignInRefused> {
    counted(app, app_client, responded(app, app_client, username, session, answer, secret_hash).await)
}

async fn responded(
    app: &App,
    app_client: &AppClient,
    username: &str,
    session: &str,
    answer: Answer,
    secret_hash: Option<&str>,
) -> Result<Outcome, SignInRefused> {
    let session = Session::open(app, app_client, answer.challenges(), session)?;
    let answer = match answer {
        Answer::SelectFirst(chosen) | Answer::First(chosen) => {
            return choice::respond(app, app_client, username, session, FirstAnswer::Chosen(chosen), secret_hash).await;
        }
        Answer::EmailCode { code } | Answer::SmsOtp { code } if !session.progress.has_first() => {
            return choice::respond(app, app_client, username, session, FirstAnswer::Code(code), secret_hash).await;
        }
        Answer::Passkey { credential } => {
            return choice::respond(app, app_client, username, session, FirstAnswer::Passkey(credential), secret_hash).await;
        }
        answer => answer,
    };
    let user = app.read(async |tx| users::find(tx, &app_client.pool, username).await).await?;
    // SECURITY: the session of one user with the name of another is nobody's.
    let user = user.filter(|user| user.id == session.user_id).ok_or(SessionRefused::Invalid)?;
    app_client.check_secret_hash(app, &[username, &user.username], secret_hash)?;
    // What is refused here is refused in the transaction too: this look spares the work in between.
    app.read(async |tx| is_asked(app, app_client, tx, &user, &session.progress, Some(&session)).await).await??;
    let proof = match answer {
        Answer::NewPassword { password, attributes } => {
            let record = passwords::make_record(app, &app_client.pool, &user.id, &user.username, &password, None).await?;
            AnswerProof::NewPassword { session, record, attributes }
        }
        Answer::SoftwareToken { code } => AnswerProof::SoftwareToken { session, code },
        Answer::SelectMfa { factor } => AnswerProof::SelectMfa { session, factor },
        Answer::EmailCode { code } | Answer::SmsOtp { code } | Answer::SmsMfa { code } => {
            let challenge = CodeChallenge::of(session.asked).ok_or(SessionRefused::Invalid)?;
            AnswerProof::SecondCode { session, challenge, code }
        }
        Answer::MfaSetup { email } => AnswerProof::MfaSetup { session, email },
        Answer::SelectFirst(_) | Answer::First(_) | Answer::Passkey { .. } => return Err(SessionRefused::Invalid.into()),
    };
    let progress = proof.session().map(|session| session.progress.clone()).ok_or(SessionRefused::Invalid)?;
    advance(app, app_client, user.id, progress, proof).await
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
async fn charge(app: &App, app_client: &AppClient, target: &Target) -> Result<(), SignInRefused> {
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

/// An answer, as far as it could be judged outside of the transaction.
pub(super) enum AnswerProof {
    /// The password was proven; by SRP or by choice in a session.
    Password { session: Option<Session> },
    /// The code was right when it confirmed the sign-up.
    Confirmed { session: Session },
    /// The code is judged inside, whoever it is for.
    FirstCode { session: Session, challenge: CodeChallenge, target: Target, code: String },
    /// What it signed is judged inside, whoever it is for.
    Passkey { session: Session, credential: String },
    /// The new password is hashed.
    NewPassword { session: Session, record: PasswordRecord, attributes: BTreeMap<String, String> },
    /// The code is judged inside.
    SoftwareToken { session: Session, code: String },
    /// The code is judged inside.
    SecondCode { session: Session, challenge: CodeChallenge, code: String },
    /// The choice is judged inside.
    SelectMfa { session: Session, factor: SecondFactor },
    /// Nothing to judge, or an address.
    MfaSetup { session: Session, email: Option<String> },
}

impl AnswerProof {
    const fn session(&self) -> Option<&Session> {
        match self {
            Self::Password { session } => session.as_ref(),
            Self::Confirmed { session }
            | Self::FirstCode { session, .. }
            | Self::Passkey { session, .. }
            | Self::NewPassword { session, .. }
            | Self::SoftwareToken { session, .. }
            | Self::SecondCode { session, .. }
            | Self::SelectMfa { session, .. }
            | Self::MfaSetup { session, .. } => Some(session),
        }
    }

    /// What a try at it was charged to.
    const fn charged(&self) -> Option<Factor> {
        match self {
            Self::Password { .. } => Some(Factor::Password),
            Self::FirstCode { challenge, .. } | Self::SecondCode { challenge, .. } => Some(challenge.factor()),
            Self::SoftwareToken { .. } => Some(Factor::Second),
            Self::Confirmed { .. } | Self::Passkey { .. } | Self::NewPassword { .. } | Self::SelectMfa { .. } | Self::MfaSetup { .. } => {
                None
            }
        }
    }

    /// What a sign-in is told whose user, password or factors are other ones now.
    const fn stale(&self) -> SignInRefused {
        match self {
            Self::Password { .. } | Self::Passkey { .. } => SignInRefused::Incorrect,
            _ => SignInRefused::Session(SessionRefused::Invalid),
        }
    }
}

/// One step of a sign-in, about to be taken.
struct Attempt<'a> {
    app: &'a App,
    app_client: &'a AppClient,
    user_id: UserId,
    progress: Progress,
    proof: AnswerProof,
}

/// Where the step led, as the transaction left it.
struct Reached {
    user: User,
    progress: Progress,
    next: Next,
    /// Where a code went that is asked for.
    delivery: Option<CodeDelivery>,
}

/// What follows a step.
enum Next {
    /// The user is asked for this.
    Ask(Challenge),
    /// The user is signed in, and is in these groups.
    Complete(Vec<Membership>),
}

impl Attempt<'_> {
    async fn advance(self) -> Result<Outcome, SignInRefused> {
        let (app, app_client) = (self.app, self.app_client);
        let (family, refresh_token) = issue::new_family(app, app_client, &self.user_id, self.progress.device.as_deref())?;
        let next_id = ids::uuid(&mut app.rng());
        let Reached { user, progress, next, delivery } = app.write(async |tx| self.take(tx, &family, &next_id).await).await??;
        match next {
            Next::Ask(challenge) => Ok(Outcome::Asked(ask(app, app_client, user, progress, challenge, next_id, delivery)?)),
            Next::Complete(memberships) => {
                let second = |done: &Done| matches!(done, Done::SoftwareToken | Done::EmailMfa | Done::SmsMfa | Done::Enrolment);
                let both = progress.has(Done::WebAuthn) && first_factor::passkey_is_both(&app_client.pool, &user);
                let mfa = both || progress.done.iter().any(second);
                let groups = GroupClaims::of(memberships);
                let tokens = issue::tokens(app, app_client, &user, groups, &family, Some(refresh_token)).await?;
                Ok(Outcome::SignedIn { tokens, mfa })
            }
        }
    }

    /// The transaction. What is refused inside of `Ok` is remembered: its charges are kept.
    ///
    /// SECURITY: an administrator's password, a disabled user or another factor that came meanwhile is seen here, or makes one
    /// of the two transactions run again.
    async fn take(
        &self,
        tx: &mut Conn,
        family: &tokens::TokenFamily,
        next_id: &str,
    ) -> Result<Result<Reached, SignInRefused>, SignInRefused> {
        let (app, app_client) = (self.app, self.app_client);
        let pool_id = &app_client.pool.id;
        if let AnswerProof::FirstCode { session, challenge, target, code } = &self.proof
            && let Err(refused) = one_time_code::prove(app, app_client, tx, *challenge, session, target, code).await?
        {
            return Ok(Err(refused));
        }
        if let AnswerProof::Passkey { session, credential } = &self.proof
            && let Err(refused) = web_authn::prove(app, app_client, tx, &self.user_id, session, credential).await?
        {
            return Ok(Err(refused));
        }
        let Some(user) = users::find_by_id(tx, pool_id, &self.user_id).await? else { return Ok(Err(self.proof.stale())) };
        if let Err(refused) = is_asked(app, app_client, tx, &user, &self.progress, self.proof.session()).await? {
            return Ok(Err(refused));
        }
        let applied = match self.apply(tx, &user).await? {
            Applied::Refused(refused) => return Ok(Err(refused)),
            Applied::Wrong(refused) => {
                if let Some(session) = self.proof.session() {
                    session.fail(tx, pool_id).await?;
                }
                return Ok(Err(refused));
            }
            applied => applied,
        };
        if let Some(session) = self.proof.session() {
            session.spend(app, tx, pool_id).await??;
        }
        // A new password, or an address that a code has reached, has changed what the next step is decided by.
        let user = match applied {
            Applied::Accepted(Done::NewPassword | Done::EmailMfa | Done::SmsMfa) => {
                users::find_by_id(tx, pool_id, &user.id).await?.ok_or_else(|| self.proof.stale())?
            }
            _ => user,
        };
        let progress = self.progress_after(applied, &user);
        let step = next(&app_client.pool, &app_client.client, &user, &progress, app.now());
        let target = attempts_of(app, &user);
        if step == Ok(Step::Complete) {
            attempts::clear(tx, pool_id, &target).await?;
            if !tokens::insert_family(tx, family).await? {
                return Err(app_client.gone().into());
            }
        } else if let Some(factor) = self.proof.charged() {
            // A right answer was no wrong one; what was wrong before it stays counted until the sign-in is complete.
            attempts::give_back(tx, pool_id, &target, factor).await?;
        }
        let next = match step {
            Ok(Step::Ask(challenge)) => Next::Ask(challenge),
            Ok(Step::Complete) => Next::Complete(groups::memberships(tx, pool_id, &user.id).await?),
            Err(refused) => return Ok(Err(SignInRefused::of_next(refused, self.proof.stale()))),
        };
        let delivery = match &next {
            Next::Ask(challenge) => match one_time_code::send_second(app, app_client, tx, *challenge, &user, &progress, next_id).await {
                Ok(delivery) => delivery,
                // What was right before it stays so: its charge is returned.
                Err(SignInRefused::TooManyMessages) => return Ok(Err(SignInRefused::TooManyMessages)),
                Err(refused) => return Err(refused),
            },
            Next::Complete(_) => None,
        };
        Ok(Ok(Reached { user, progress, next, delivery }))
    }

    fn progress_after(&self, applied: Applied, user: &User) -> Progress {
        let progress = self.progress.clone();
        match applied {
            Applied::Accepted(done) => progress.after(done, user),
            Applied::Chosen(factor) => Progress { second: Some(factor), ..progress },
            Applied::NewEmail(address) => Progress { new_email: Some(address), ..progress },
            Applied::Wrong(_) | Applied::Refused(_) => progress,
        }
    }

    async fn apply(&self, tx: &mut Conn, user: &User) -> Result<Applied, SignInRefused> {
        let (app, app_client) = (self.app, self.app_client);
        match &self.proof {
            AnswerProof::Password { .. } => Ok(Applied::Accepted(Done::Password)),
            AnswerProof::NewPassword { record, attributes, .. } => new_password::apply(app, app_client, tx, user, record, attributes).await,
            AnswerProof::SoftwareToken { code, .. } => software_token::apply(app, app_client, tx, user, code).await,
            AnswerProof::Confirmed { session } => {
                let challenge = CodeChallenge::of(session.asked).ok_or(SessionRefused::Invalid)?;
                Ok(Applied::Accepted(challenge.done()))
            }
            AnswerProof::FirstCode { challenge, .. } => Ok(Applied::Accepted(challenge.done())),
            AnswerProof::Passkey { .. } => Ok(Applied::Accepted(Done::WebAuthn)),
            AnswerProof::SecondCode { session, challenge, code } => {
                second_code::apply(app, app_client, tx, user, session, *challenge, code).await
            }
            AnswerProof::SelectMfa { factor, .. } => Ok(second_code::choose(app_client, user, *factor)),
            AnswerProof::MfaSetup { session, email: None } => Ok(mfa_setup::apply(session)),
            AnswerProof::MfaSetup { session, email: Some(email) } => Ok(second_code::begin_set_up(app_client, session, email)),
        }
    }
}

/// Whether the answer's challenge is what is asked of the user now, and its session was not answered before.
///
/// # Errors
/// Failures of the store; inside, why not.
async fn is_asked(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    user: &User,
    progress: &Progress,
    session: Option<&Session>,
) -> Result<Result<(), SignInRefused>, SignInRefused> {
    let asked = session.map_or(Challenge::Password, |session| session.asked);
    let stale = || match asked {
        Challenge::Password | Challenge::WebAuthn => SignInRefused::Incorrect,
        _ => SignInRefused::Session(SessionRefused::Invalid),
    };
    if let Some(session) = session
        && let Err(refused) = session.check_unused(tx, &app_client.pool.id).await?
    {
        return Ok(Err(refused.into()));
    }
    Ok(match next(&app_client.pool, &app_client.client, user, progress, app.now()) {
        Ok(Step::Ask(challenge)) if challenge == asked => Ok(()),
        Ok(_) => Err(stale()),
        Err(refused) => Err(SignInRefused::of_next(refused, stale())),
    })
}
