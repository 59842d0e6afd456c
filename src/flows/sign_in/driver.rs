//! The driver: charges tries before they are judged, judges, and then spends, applies and records in one transaction that reads
//! anew whatever decides.

use std::time::Duration;

use super::answer::{Answer, Begin};
use super::asked::{ChallengeAsked, ask};
use super::choice::{self, FirstAnswer};
use super::one_time_code::{self, CodeChallenge};
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use super::srp::{self, PasswordClaim};
use super::subject::{Subject, attempts_of};
use super::{custom, device, history, mfa_setup, migrated, new_password, password, second_code, sign_up, software_token, web_authn};
use crate::audit::Counted;
use crate::context::App;
use crate::crypto::ids;
use crate::flows::auth_events::Of;
use crate::flows::clients::AppClient;
use crate::flows::codes::CodeDelivery;
use crate::flows::devices::new_device;
use crate::flows::issue::{self, Tokens};
use crate::flows::passwords;
use crate::flows::triggers;
use crate::flows::triggers::tokens::TokensFor;
use crate::flows::whence::Whence;
use crate::kit::id::UserId;
use crate::kit::secret::Secret;
use crate::store::attempts::{self, Charge, Target};
use crate::store::{Conn, groups, tokens, users};
use crate::userpools::challenge::{Barred, Challenge, Done, Flow, Progress, Step};
use crate::userpools::device::NewDevice;
use crate::userpools::first_factor;
use crate::userpools::group::{GroupClaims, Membership};
use crate::userpools::lockout::Factor;
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
pub async fn begin(
    app: &App,
    app_client: &AppClient,
    begin: Begin,
    secret_hash: Option<&str>,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    counted(app, app_client, begun(app, app_client, begin, secret_hash, whence).await)
}

/// Counts what a step came to, for whoever wants to know how much goes on in the pool.
pub(super) fn counted(app: &App, app_client: &AppClient, outcome: Result<Outcome, SignInRefused>) -> Result<Outcome, SignInRefused> {
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

async fn begun(
    app: &App,
    app_client: &AppClient,
    begin: Begin,
    secret_hash: Option<&str>,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    let (flow, username) = match &begin {
        Begin::Password { flow, username, .. } => (*flow, username),
        Begin::Srp { username, .. } => (Flow::Srp, username),
        Begin::Choice { username, .. } => (Flow::Choice, username),
        Begin::Custom { username, .. } => (Flow::Custom, username),
    };
    if !app_client.client.configuration.allows(flow.setting()) {
        return Err(Barred::FlowDisabled(flow).into());
    }
    app_client.check_secret_hash(app, &[username], secret_hash)?;
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
        Begin::Custom { username, public } => custom::begin(app, app_client, subject, &username, public, whence).await,
        Begin::Choice { confirmed: Some(session), .. } => sign_up::begin(app, app_client, subject.user, &session, whence).await,
        Begin::Choice { username, preferred, confirmed: None } => {
            choice::begin(app, app_client, &username, subject, preferred, whence).await
        }
        Begin::Password { password, .. } => {
            let progress = srp::progress(flow, &subject);
            by_password(app, app_client, subject, password, progress, None, whence).await
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
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    let progress = history::begun(app, progress);
    let judging = password::judge(app, &app_client.pool, &subject, password);
    let judged = charged(app, app_client, &subject.target, judging).await;
    history::noted(app, subject.user.as_ref(), whence, &progress, judged)?;
    let user = subject.user.ok_or(SignInRefused::Incorrect)?;
    advance(app, app_client, user.id, progress, AnswerProof::Password { session }, whence).await
}

/// Answers PASSWORD_VERIFIER.
///
/// # Errors
/// [`SignInRefused`].
pub async fn prove(
    app: &App,
    app_client: &AppClient,
    claim: PasswordClaim,
    secret_hash: Option<&str>,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    counted(app, app_client, proven(app, app_client, claim, secret_hash, whence).await)
}

async fn proven(
    app: &App,
    app_client: &AppClient,
    claim: PasswordClaim,
    secret_hash: Option<&str>,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    let block = srp::open(app, app_client, &claim)?;
    app_client.check_secret_hash(app, &[&claim.username, &block.srp_name], secret_hash)?;
    let user = app.read(async |tx| users::find(tx, &app_client.pool, &claim.username).await).await?;
    let progress = history::begun(app, block.session.progress.clone());
    let judged = charged(app, app_client, &block.target, srp::judge(app, app_client, user.as_ref(), &block, claim)).await;
    history::noted(app, user.as_ref().filter(|user| user.id == block.session.user_id), whence, &progress, judged)?;
    let fingerprint = block.client_fingerprint();
    let user_id = block.session.user_id.clone();
    let outcome = advance(app, app_client, user_id, progress, AnswerProof::Password { session: Some(block.session) }, whence).await?;
    if let (Outcome::Asked(asked), Some(fingerprint)) = (&outcome, fingerprint) {
        device::keep(app, app_client, &fingerprint, asked).await?;
    }
    Ok(outcome)
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
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    counted(app, app_client, responded(app, app_client, username, session, answer, secret_hash, whence).await)
}

async fn responded(
    app: &App,
    app_client: &AppClient,
    username: &str,
    session: &str,
    answer: Answer,
    secret_hash: Option<&str>,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    let answer = match answer {
        Answer::Custom { answer } => return custom::respond(app, app_client, username, session, &answer, secret_hash, whence).await,
        answer => answer,
    };
    let session = Session::open(app, app_client, answer.challenges(), session)?;
    let answer = match answer {
        Answer::SelectFirst(chosen) | Answer::First(chosen) => {
            return choice::respond(app, app_client, username, session, FirstAnswer::Chosen(chosen), secret_hash, whence).await;
        }
        Answer::EmailCode { code } | Answer::SmsOtp { code } if !session.progress.has_first() => {
            return choice::respond(app, app_client, username, session, FirstAnswer::Code(code), secret_hash, whence).await;
        }
        Answer::Passkey { credential } => {
            return choice::respond(app, app_client, username, session, FirstAnswer::Passkey(credential), secret_hash, whence).await;
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
            let record = passwords::make_next_record(app, &app_client.pool, &user, &password, None).await?;
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
    advance(app, app_client, user.id, progress, proof, whence).await
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
    app: &App,
    app_client: &AppClient,
    user_id: UserId,
    progress: Progress,
    proof: AnswerProof,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    let progress = history::begun(app, progress);
    // The device is the one that the client names where it proves who the user is.
    let device = if progress.done.is_empty() { whence.device(&app_client.pool) } else { progress.device.clone() };
    Attempt { app, app_client, user_id, progress: Progress { device, ..progress }, proof, whence }.advance().await
}

/// One step of a sign-in, about to be taken.
struct Attempt<'a> {
    app: &'a App,
    app_client: &'a AppClient,
    user_id: UserId,
    progress: Progress,
    proof: AnswerProof,
    whence: Whence<'a>,
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
        let new = if self.progress.device.is_none() { new_device(app, &app_client.pool) } else { None };
        let device_key = self.progress.device.as_deref().or_else(|| new.as_ref().map(|new| new.key.as_str()));
        let (family, refresh_token) = issue::new_family(app, app_client, &self.user_id, device_key)?;
        let next_id = ids::uuid(&mut app.rng());
        let taken = app.write(async |tx| self.take(tx, &family, new.as_ref(), &next_id).await).await.and_then(|taken| taken);
        let of = Of { pool_id: &app_client.pool.id, user_id: &self.user_id };
        match &taken {
            Ok(reached) => history::went_on(app, self.whence, of, &reached.progress, matches!(reached.next, Next::Complete(_))),
            Err(refused) => history::refused(app, self.whence, of, &self.progress, self.proof.asked(), refused),
        }
        if let (Err(SignInRefused::NoSuchDevice), AnswerProof::Password { .. }) = (&taken, &self.proof) {
            device::give_back(app, app_client, &self.user_id).await?;
        }
        let Reached { user, progress, next, delivery } = taken?;
        match next {
            Next::Ask(Challenge::Custom) => Box::pin(custom::after_password(app, app_client, user, progress, self.whence)).await,
            Next::Ask(challenge) => Ok(Outcome::Asked(ask(app, app_client, user, progress, challenge, next_id, delivery)?)),
            Next::Complete(memberships) => {
                let second = |done: &Done| matches!(done, Done::SoftwareToken | Done::EmailMfa | Done::SmsMfa | Done::Enrolment);
                let both = progress.has(Done::WebAuthn) && first_factor::passkey_is_both(&app_client.pool, &user);
                let mfa = both || progress.done.iter().any(second);
                let groups = GroupClaims::of(memberships);
                let tokens = self.tokens(&user, &progress, groups, &family, refresh_token).await;
                if tokens.is_err() {
                    // A sign-in that nobody holds a token of is none.
                    app.write(async |tx| tokens::revoke_family(tx, &app_client.pool.id, &family.origin_jti, app.now()).await).await?;
                }
                Ok(Outcome::SignedIn { tokens: Tokens { new_device: new, ..tokens? }, mfa })
            }
        }
    }

    async fn tokens(
        &self,
        user: &User,
        progress: &Progress,
        groups: GroupClaims,
        family: &tokens::TokenFamily,
        refresh_token: String,
    ) -> Result<Tokens, SignInRefused> {
        triggers::sign_in::after(self.app, self.app_client, user).await?;
        let tokens_for = if progress.has(Done::NewPassword) { TokensFor::NewPassword } else { TokensFor::SignIn };
        Ok(issue::tokens(self.app, self.app_client, user, groups, family, Some(refresh_token), tokens_for).await?)
    }

    /// The transaction. What is refused inside of `Ok` is remembered: its charges are kept.
    ///
    /// SECURITY: an administrator's password, a disabled user or another factor that came meanwhile is seen here, or makes one
    /// of the two transactions run again.
    async fn take(
        &self,
        tx: &mut Conn,
        family: &tokens::TokenFamily,
        new: Option<&NewDevice>,
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
        let step = device::next_in(app, tx, app_client, &user, &progress).await?;
        // SECURITY: whose a device is, is told to those only who have proven who they are. Nothing is spent: they may come again.
        if step.is_ok() && self.progress.done.is_empty() && !device::is_known(tx, &app_client.pool, &user, &progress).await? {
            return Err(SignInRefused::NoSuchDevice);
        }
        let target = attempts_of(app, &user);
        if step == Ok(Step::Complete) {
            attempts::clear(tx, pool_id, &target).await?;
            if !tokens::insert_family(tx, family).await? {
                return Err(app_client.gone().into());
            }
            device::arrive(app, tx, &app_client.pool, family, new, self.whence).await?;
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
            AnswerProof::Custom => Ok(Applied::Accepted(Done::Custom)),
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
            AnswerProof::Device { is_right, .. } => Ok(device::apply(*is_right)),
        }
    }
}

/// Completes a custom sign-in, as far as the pool's functions go: what else is asked of the user comes after it.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn accept_custom(
    app: &App,
    app_client: &AppClient,
    user_id: UserId,
    progress: Progress,
    whence: Whence<'_>,
) -> Result<Outcome, SignInRefused> {
    advance(app, app_client, user_id, progress, AnswerProof::Custom, whence).await
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
