//! One step of a sign-in: judged, spent, applied and recorded in one transaction that reads anew whatever decides.

use super::asked::ask;
use super::driver::{Applied, Outcome, is_asked};
use super::one_time_code::{self, CodeChallenge};
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::subject::attempts_of;
use super::{custom, device, history, mfa_setup, new_password, second_code, software_token, web_authn};
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::crypto::ids;
use crate::flows::browser;
use crate::flows::clients::AppClient;
use crate::flows::codes::CodeDelivery;
use crate::flows::devices::new_device;
use crate::flows::entrance::{Entrance, Gives};
use crate::flows::failed::Failed;
use crate::flows::issue::{self, Issue, Tokens};
use crate::flows::takeover::notice;
use crate::flows::triggers;
use crate::flows::triggers::message::{self, Wording};
use crate::flows::triggers::tokens::TokensFor;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;
use crate::store::attempts::{self};
use crate::store::browser_sessions::{self, BrowserSession};
use crate::store::tokens::TokenFamily;
use crate::store::{Conn, StoreError, groups, tokens, users};
use crate::userpools::authentication_level::Level;
use crate::userpools::challenge::{Challenge, Done, Progress, Step, told};
use crate::userpools::device::NewDevice;
use crate::userpools::first_factor;
use crate::userpools::group::{GroupClaims, Membership};
use crate::userpools::lambda_config::Trigger;
use crate::userpools::lockout::Factor;
use crate::userpools::pool::acr_values;
use crate::userpools::risk::notify::NotifyConfiguration;
use crate::userpools::takeover::Telling;
use crate::userpools::user::{User, UserStatus};

/// One step of a sign-in, about to be taken.
pub(super) struct Attempt<'a> {
    pub entrance: &'a Entrance<'a>,
    pub user_id: UserId,
    pub progress: Progress,
    pub proof: AnswerProof,
}

/// What the step may need, made before the transaction that takes it.
#[derive(Clone, Copy)]
struct AtHand<'a> {
    /// What the sign-in is recorded as, if it ends here.
    record: &'a Record,
    /// The device that is tracked from then on.
    new: Option<&'a NewDevice>,
    /// The id of the next step.
    next_id: &'a str,
    /// How the user is told of the sign-in's risk, if they are.
    telling: Option<&'a NotifyConfiguration>,
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
    /// The user is signed in by this, as it was recorded, and is in these groups.
    Complete(Box<Record>, Vec<Membership>),
}

/// What a sign-in is recorded as.
#[derive(Clone)]
enum Record {
    /// What its tokens are judged by.
    Tokens(TokenFamily),
    /// What its browser is known by.
    Browser(BrowserSession),
}

/// The secret of a record, which only its holder keeps.
enum Held {
    RefreshToken(String),
    Browser(PlainToken),
}

/// What a sign-in gave.
enum Given {
    Tokens(Tokens),
    Browser(PlainToken),
}

impl Record {
    /// Records it; `false` if what it is of is gone meanwhile.
    async fn insert(&self, tx: &mut Conn) -> Result<bool, StoreError> {
        match self {
            Self::Tokens(family) => tokens::insert_family(tx, family).await,
            Self::Browser(session) => browser_sessions::insert(tx, session).await,
        }
    }

    /// Ends it.
    async fn end(&self, tx: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
        match self {
            Self::Tokens(family) => tokens::revoke_family(tx, &family.pool_id, &family.origin_jti, now).await,
            Self::Browser(session) => browser_sessions::delete(tx, &session.pool_id, &session.token).await,
        }
    }
}

impl Attempt<'_> {
    /// Takes it.
    pub(super) async fn advance(self) -> Result<Outcome, SignInRefused> {
        let (app, app_client) = (self.entrance.app, &self.entrance.app_client);
        // Devices are those of apps that keep their keys.
        let tracks = self.entrance.gives == Gives::Tokens && self.progress.device.is_none();
        let new = if tracks { new_device(app, &app_client.pool) } else { None };
        let device_key = self.progress.device.as_deref().or_else(|| new.as_ref().map(|new| new.key.as_str()));
        let (record, held) = match self.entrance.gives {
            Gives::Tokens => {
                let (family, refresh_token) = issue::new_family(app, app_client, &self.user_id, device_key)?;
                (Record::Tokens(family), Held::RefreshToken(refresh_token))
            }
            Gives::BrowserSession => {
                let (session, token) = browser::new_session(app, app_client, &self.user_id);
                (Record::Browser(session), Held::Browser(token))
            }
        };
        let next_id = ids::uuid(&mut app.rng());
        let telling = notice::owed(self.entrance, &self.progress).await?;
        let at_hand = AtHand { record: &record, new: new.as_ref(), next_id: &next_id, telling: telling.as_ref() };
        let taken = app.write(async |tx| self.take(tx, at_hand).await).await.and_then(|taken| taken);
        match &taken {
            Ok(reached) => history::went_on(self.entrance, &self.user_id, &reached.progress, matches!(reached.next, Next::Complete(..))),
            Err(refused) => history::refused(self.entrance, &self.user_id, &self.progress, self.proof.asked(), refused),
        }
        // A password that was right was no guess, whatever came with it: a device of another, a session that served before.
        if let (Err(SignInRefused::NoSuchDevice | SignInRefused::Session(SessionRefused::Used)), AnswerProof::Password { .. }) =
            (&taken, &self.proof)
        {
            give_back(app, app_client, &self.user_id).await?;
        }
        let Reached { user, progress, next, delivery } = taken?;
        match next {
            Next::Ask(Challenge::Custom) => Box::pin(custom::after_password(self.entrance, user, progress)).await,
            Next::Ask(challenge) => {
                let worded = if delivery.is_none() { self.send_worded(challenge, &user, &progress, &next_id).await? } else { None };
                Ok(Outcome::Asked(ask(app, app_client, user, progress, challenge, next_id, delivery.or(worded))?))
            }
            Next::Complete(record, memberships) => {
                let second = |done: &Done| matches!(done, Done::SoftwareToken | Done::EmailMfa | Done::SmsMfa | Done::Enrolment);
                let both = progress.has(Done::WebAuthn) && first_factor::passkey_is_both(&app_client.pool, &user);
                let mfa = both || progress.done.iter().any(second);
                let given = self.give(&user, &progress, GroupClaims::of(memberships), &record, held).await;
                if given.is_err() {
                    // A sign-in that nobody holds anything of is none.
                    app.write(async |tx| record.end(tx, app.now()).await).await?;
                }
                Ok(match given? {
                    Given::Tokens(tokens) => Outcome::SignedIn { tokens: Tokens { new_device: new, ..tokens }, mfa },
                    Given::Browser(session) => Outcome::BrowserSignedIn { session, mfa },
                })
            }
        }
    }

    /// Whether the pool has a function that words its messages, which is called when it is known that there is one.
    fn has_wording(&self) -> bool {
        self.entrance.app_client.pool.configuration.lambda_config.function(Trigger::CustomMessage).is_some()
    }

    /// Sends the code that is asked for in the words of the pool's function, if a code is asked for. The step is taken already: the
    /// session that this code is for is told to nobody before it.
    async fn send_worded(
        &self,
        challenge: Challenge,
        user: &User,
        progress: &Progress,
        session_id: &str,
    ) -> Result<Option<CodeDelivery>, SignInRefused> {
        if CodeChallenge::of(challenge).is_none() {
            return Ok(None);
        }
        let (app, app_client) = (self.entrance.app, &self.entrance.app_client);
        let wording = message::word(app, app_client, user, message::AUTHENTICATION).await?;
        app.write(async |tx| {
            // Who is gone meanwhile is sent nothing, and who has another address is sent it there.
            let found = users::find_by_id(tx, &app_client.pool.id, &user.id).await?;
            let user = found.filter(|user| user.enabled).ok_or_else(|| self.proof.stale())?;
            one_time_code::send_second(app, (app_client, &wording), tx, challenge, &user, progress, session_id).await
        })
        .await
    }

    async fn give(
        &self,
        user: &User,
        progress: &Progress,
        groups: GroupClaims,
        record: &Record,
        held: Held,
    ) -> Result<Given, SignInRefused> {
        let (app, app_client) = (self.entrance.app, &self.entrance.app_client);
        triggers::sign_in::after(app, app_client, user).await?;
        match (record, held) {
            (Record::Tokens(family), Held::RefreshToken(refresh_token)) => {
                let tokens_for = if progress.has(Done::NewPassword) { TokensFor::NewPassword } else { TokensFor::SignIn };
                Ok(Given::Tokens(issue::tokens(app, app_client, user, groups, Issue::of(family, Some(refresh_token), tokens_for)).await?))
            }
            (Record::Browser(_), Held::Browser(token)) => Ok(Given::Browser(token)),
            (Record::Tokens(_) | Record::Browser(_), _) => Err(Failed::because("a record has its own secret").into()),
        }
    }

    /// The transaction. What is refused inside of `Ok` is remembered: its charges are kept.
    ///
    /// SECURITY: an administrator's password, a disabled user or another factor that came meanwhile is seen here, or makes one
    /// of the two transactions run again.
    async fn take(
        &self,
        tx: &mut Conn,
        AtHand { record, new, next_id, telling }: AtHand<'_>,
    ) -> Result<Result<Reached, SignInRefused>, SignInRefused> {
        let (app, app_client) = (self.entrance.app, &self.entrance.app_client);
        let pool_id = &app_client.pool.id;
        if let AnswerProof::FirstCode { session, challenge, target, code } = &self.proof
            && let Err(refused) = one_time_code::prove(app, app_client, tx, *challenge, session, target, code).await?
        {
            return Ok(Err(refused));
        }
        let passkey = match &self.proof {
            AnswerProof::Passkey { session, credential } => {
                match web_authn::prove(app, app_client, tx, &self.user_id, session, credential).await? {
                    Ok(method) => Some(method),
                    Err(refused) => return Ok(Err(refused)),
                }
            }
            _ => self.progress.passkey,
        };
        let Some(user) = users::find_by_id(tx, pool_id, &self.user_id).await? else { return Ok(Err(self.proof.stale())) };
        // What is credited answers nothing that was asked; what follows from it is decided below.
        if !matches!(self.proof, AnswerProof::Credited)
            && let Err(refused) = is_asked(app, app_client, tx, &user, &self.progress, self.proof.session()).await?
        {
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
            // SECURITY: whoever knows the password is not let in by it; that it must be another is kept for the next time, too.
            Applied::Accepted(Done::Password) if self.progress.risk.must_reset && user.status == UserStatus::Confirmed => {
                let user = User { status: UserStatus::ResetRequired, ..user };
                users::update(tx, &user, app.now()).await?;
                user
            }
            _ => user,
        };
        let mut progress = Progress { passkey, ..self.progress_after(applied, &user) };
        let step = device::next_in(app, tx, app_client, &user, &progress).await?;
        // SECURITY: whose a device is, is told to those only who have proven who they are. Nothing is spent: they may come again.
        if step.is_ok() && self.progress.done.is_empty() && !device::is_known(tx, &app_client.pool, &user, &progress).await? {
            return Err(SignInRefused::NoSuchDevice);
        }
        let target = attempts_of(app, &user);
        // SECURITY: nobody is signed in by what is credited alone.
        if matches!(self.proof, AnswerProof::Credited) && step == Ok(Step::Complete) {
            return Ok(Err(SignInRefused::LevelReached));
        }
        if let (Some(how), Some(response)) = (telling, told::response(&app_client.pool, &user, &progress, step)) {
            notice::tell(self.entrance, tx, &user, &progress.event_id, how, response).await?;
            progress.risk.telling = Telling::Done;
        }
        let recorded = self.recorded(record.clone(), &progress);
        if step == Ok(Step::Complete) {
            // SECURITY: only a sign-in that was whole in itself clears what was wrong before it.
            match self.proof.charged() {
                Some(factor) if progress.is_credited() => attempts::give_back(tx, pool_id, &target, factor).await?,
                _ if progress.is_credited() => {}
                _ => attempts::clear(tx, pool_id, &target).await?,
            }
            if !recorded.insert(tx).await? {
                return Err(app_client.gone().into());
            }
            if let Record::Tokens(family) = &recorded {
                device::arrive(app, tx, &app_client.pool, family, new, self.entrance.whence).await?;
            }
        } else if let Some(factor) = self.proof.charged() {
            // A right answer was no wrong one; what was wrong before it stays counted until the sign-in is complete.
            attempts::give_back(tx, pool_id, &target, factor).await?;
        }
        let next = match step {
            Ok(Step::Ask(challenge)) => Next::Ask(challenge),
            Ok(Step::Complete) => Next::Complete(Box::new(recorded), groups::memberships(tx, pool_id, &user.id).await?),
            Err(refused) => return Ok(Err(SignInRefused::of_next(refused, self.proof.stale()))),
        };
        let delivery = match &next {
            Next::Ask(_) if self.has_wording() => None,
            Next::Ask(challenge) => {
                let asker = (app_client, &Wording::default());
                match one_time_code::send_second(app, asker, tx, *challenge, &user, &progress, next_id).await {
                    Ok(delivery) => delivery,
                    // What was right before it stays so: its charge is returned.
                    Err(SignInRefused::TooManyMessages) => return Ok(Err(SignInRefused::TooManyMessages)),
                    Err(refused) => return Err(refused),
                }
            }
            Next::Complete(..) => None,
        };
        Ok(Ok(Reached { user, progress, next, delivery }))
    }

    /// The sign-in with what it reached. What it was credited makes it no newer than that.
    fn recorded(&self, record: Record, progress: &Progress) -> Record {
        let (methods, target) = (progress.methods(), progress.target.as_ref());
        let names = acr_values(&self.entrance.app_client.pool.configuration.acr_configuration);
        let reached = || Level::reached(&methods).map(|level| level.name(names).to_owned());
        let credited = target.and_then(|target| target.credit.as_ref()).map(|credit| Timestamp::from_millis(credit.authenticated_at));
        match record {
            Record::Tokens(family) => {
                let authenticated_at = credited.unwrap_or(family.authenticated_at);
                Record::Tokens(TokenFamily { acr: target.and_then(|_| reached()), methods, authenticated_at, ..family })
            }
            // Each client that the browser goes on to is told, or not, as it asks.
            Record::Browser(session) => Record::Browser(BrowserSession { acr: reached(), methods, ..session }),
        }
    }

    fn progress_after(&self, applied: Applied, user: &User) -> Progress {
        let progress = self.progress.clone();
        match applied {
            Applied::Accepted(done) => progress.after(done, user),
            Applied::Chosen(factor) => Progress { second: Some(factor), ..progress },
            Applied::NewEmail(address) => Progress { new_email: Some(address), ..progress },
            Applied::Nothing | Applied::Wrong(_) | Applied::Refused(_) => progress,
        }
    }

    async fn apply(&self, tx: &mut Conn, user: &User) -> Result<Applied, SignInRefused> {
        let (app, app_client) = (self.entrance.app, &self.entrance.app_client);
        match &self.proof {
            AnswerProof::Password { .. } => Ok(Applied::Accepted(Done::Password)),
            AnswerProof::Custom => Ok(Applied::Accepted(Done::Custom)),
            AnswerProof::Credited => Ok(Applied::Nothing),
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
            AnswerProof::SelectMfa { factor, .. } => Ok(second_code::choose(app_client, user, &self.progress, *factor)),
            AnswerProof::MfaSetup { session, email: None } => Ok(mfa_setup::apply(session)),
            AnswerProof::MfaSetup { session, email: Some(email) } => Ok(second_code::begin_set_up(app_client, session, email)),
            AnswerProof::Device { is_right, .. } => Ok(device::apply(*is_right)),
        }
    }
}

/// Returns the charge of a right password.
async fn give_back(app: &App, app_client: &AppClient, user_id: &UserId) -> Result<(), StoreError> {
    let pool_id = &app_client.pool.id;
    app.write(async |tx| match users::find_by_id(tx, pool_id, user_id).await? {
        Some(user) => attempts::give_back(tx, pool_id, &attempts_of(app, &user), Factor::Password).await,
        None => Ok(()),
    })
    .await
}
