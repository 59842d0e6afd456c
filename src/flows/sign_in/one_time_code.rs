//! EMAIL_OTP, SMS_OTP, SMS_MFA: codes that a sign-in sends. A code is of one user, client, session and purpose, lives as long as
//! its session, and ends with the next one; tries are counted by user, across sessions and nodes.

use std::borrow::Cow;

use super::refused::SignInRefused;
use super::session::Session;
use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::delivery::{self, Recipient};
use crate::flows::clients::AppClient;
use crate::flows::codes::{Address, CodeDelivery};
use crate::flows::triggers::message::{AUTHENTICATION, Wording};
use crate::kit::secret::{Secret, constant_time_equals};
use crate::store::attempts::{self, Charge, Target};
use crate::store::codes::{self, CodeRecord};
use crate::store::{Conn, StoreError};
use crate::userpools::challenge::{Challenge, Done, Progress};
use crate::userpools::language::Language;
use crate::userpools::lockout::Factor;
use crate::userpools::message::{Message, OwnEmail};
use crate::userpools::message_text;
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;
use crate::userpools::words::Words;

/// The window in which codes are counted that were sent and not used: milliseconds.
const WINDOW_MILLIS: i64 = 3600 * 1000;

/// Codes in such a window. Each that is used renews them.
const MAX_SENT: i64 = 5;

/// Wrong tries that one code outlives.
const MAX_TRIES: i64 = 5;

/// A challenge that sends a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChallenge {
    kind: NameKind,
    is_first: bool,
}

impl CodeChallenge {
    /// The kind of address that MFA_SETUP takes.
    pub const EMAIL_KIND: NameKind = NameKind::Email;

    /// The one that is asked, if it is one.
    pub const fn of(challenge: Challenge) -> Option<Self> {
        Some(match challenge {
            Challenge::EmailOtp => Self { kind: NameKind::Email, is_first: true },
            Challenge::SmsOtp => Self { kind: NameKind::PhoneNumber, is_first: true },
            Challenge::EmailMfa => Self { kind: NameKind::Email, is_first: false },
            Challenge::SmsMfa => Self { kind: NameKind::PhoneNumber, is_first: false },
            _ => return None,
        })
    }

    /// The kind of address that its codes go to.
    pub const fn kind(self) -> NameKind {
        self.kind
    }

    /// What is done by the right code.
    pub const fn done(self) -> Done {
        match (self.kind, self.is_first) {
            (NameKind::PhoneNumber, true) => Done::SmsOtp,
            (_, true) => Done::EmailOtp,
            (NameKind::PhoneNumber, false) => Done::SmsMfa,
            (_, false) => Done::EmailMfa,
        }
    }

    /// The wire's word.
    pub const fn name(self) -> &'static str {
        match (self.kind, self.is_first) {
            (NameKind::PhoneNumber, true) => "SMS_OTP",
            (NameKind::PhoneNumber, false) => "SMS_MFA",
            _ => "EMAIL_OTP",
        }
    }

    /// What tries at it are charged to.
    pub const fn factor(self) -> Factor {
        if self.is_first { Factor::FirstCode } else { Factor::Second }
    }

    const fn purpose(self) -> &'static str {
        match (self.kind, self.is_first) {
            (NameKind::PhoneNumber, true) => "sign_in_sms",
            (_, true) => "sign_in_email",
            (NameKind::PhoneNumber, false) => "mfa_sms",
            (_, false) => "mfa_email",
        }
    }
}

/// Whom a code is for: a user, or nobody, who is answered like one.
pub struct Whom<'a> {
    /// Their `sub`, or nobody's.
    pub id: &'a str,
    /// A name of theirs, in its one form.
    pub name: &'a str,
    /// What they read.
    pub language: Language,
    /// Where the code goes; for nobody, and for who cannot begin so, nowhere.
    pub address: Option<&'a str>,
    /// What the pool's function made of the message.
    pub wording: &'a Wording,
}

/// What became of a code.
pub struct Sent {
    /// Where it went, or is said to have gone.
    pub delivery: CodeDelivery,
    /// Whether the address had room for it.
    pub has_room: bool,
}

/// Makes a code for a session in place of the last one and sends it. Where there is nobody to send one to, the statements are the
/// same, and so is what they write: a message that is withheld.
///
/// # Errors
/// [`SignInRefused::TooManyMessages`], and our own failures.
pub async fn send(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    challenge: CodeChallenge,
    session_id: &str,
    whom: &Whom<'_>,
) -> Result<Sent, SignInRefused> {
    let slot = Slot { app, app_client, challenge, holder_id: whom.id, session_id };
    let now = app.now().millis();
    let mut record = slot.find(tx).await?;
    if now - record.window_started_at >= WINDOW_MILLIS {
        record = CodeRecord { sent_count: 0, window_started_at: now, ..record };
    }
    if record.sent_count >= MAX_SENT {
        return Err(SignInRefused::TooManyMessages);
    }
    let code = ids::confirmation_code(&mut app.rng());
    let simulated = Address::simulated(app, &app_client.pool, "simulated sign-in", whom.name, challenge.kind);
    let own = |address| Address { attribute: challenge.kind.as_str(), value: Cow::Borrowed(address) };
    let to = whom.address.map_or_else(|| simulated.clone(), own);
    let message = message(&app_client.pool, whom, &to, &code);
    let recipient = if whom.address.is_some() { Recipient::Somebody } else { Recipient::Nobody(whom.id) };
    let goes = delivery::send_or_withhold(app, tx, &message, recipient).await?;
    let lifetime = app_client.client.configuration.session_lifetime();
    let renewed = CodeRecord {
        // SECURITY: nobody's row has a hash like somebody's, and of no code that anyone was sent.
        code_hash: goes.then(|| slot.hash(code.expose_secret())),
        attribute: Some(challenge.kind.as_str().to_owned()),
        code_expires_at: app.now().plus(lifetime).millis(),
        code_failed_attempts: 0,
        sent_count: record.sent_count + 1,
        ..record
    };
    slot.put(tx, renewed).await?;
    // SECURITY: where users are hidden, the answer is the name's alone.
    let hides = challenge.is_first && app_client.client.configuration.hides_users();
    let told = if hides { simulated } else { to };
    Ok(Sent { delivery: told.delivery(), has_room: goes || whom.address.is_none() })
}

/// Whether a code is the right one for a session. A right one is used by that; the fifth wrong one ends it.
///
/// # Errors
/// [`StoreError`].
pub async fn redeem(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    challenge: CodeChallenge,
    session_id: &str,
    holder_id: &str,
    code: &str,
) -> Result<bool, StoreError> {
    let slot = Slot { app, app_client, challenge, holder_id, session_id };
    let mut record = slot.find(tx).await?;
    let known = record.code_hash.as_deref().unwrap_or_default();
    let fits = constant_time_equals(known.as_bytes(), slot.hash(code).as_bytes());
    let right = fits && app.now().millis() < record.code_expires_at;
    if right {
        record = CodeRecord { code_hash: None, sent_count: 0, ..record };
    } else {
        record.code_failed_attempts += 1;
        if record.code_failed_attempts >= MAX_TRIES {
            record.code_hash = None;
        }
    }
    slot.put(tx, record).await?;
    Ok(right)
}

/// Judges a code that comes before anybody is known to be there: for nobody as for somebody.
///
/// # Errors
/// Failures of our own; inside, what is remembered.
pub async fn prove(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    challenge: CodeChallenge,
    session: &Session,
    target: &Target,
    code: &str,
) -> Result<Result<(), SignInRefused>, SignInRefused> {
    let pool_id = &app_client.pool.id;
    if let Err(refused) = session.check_unused(tx, pool_id).await? {
        return Ok(Err(refused.into()));
    }
    match attempts::charge(tx, pool_id, target, challenge.factor(), app.now()).await? {
        Charge::Made => {}
        Charge::Locked => return Ok(Err(SignInRefused::CodesLocked)),
        Charge::NoSuchPool => return Err(app_client.gone().into()),
    }
    if redeem(app, app_client, tx, challenge, &session.id, session.user_id.as_str(), code).await? {
        return Ok(Ok(()));
    }
    session.fail(tx, pool_id).await?;
    Ok(Err(SignInRefused::WrongSentCode))
}

/// Sends the code of a second factor, if one is asked for.
///
/// # Errors
/// [`SignInRefused::TooManyMessages`], and our own failures.
pub async fn send_second(
    app: &App,
    (app_client, wording): (&AppClient, &Wording),
    tx: &mut Conn,
    asked: Challenge,
    user: &User,
    progress: &Progress,
    session_id: &str,
) -> Result<Option<CodeDelivery>, SignInRefused> {
    let Some(challenge) = CodeChallenge::of(asked) else { return Ok(None) };
    let address = progress.new_email.as_deref().or_else(|| user.address(challenge.kind()));
    let language = app_client.pool.configuration.language_of(Some(user));
    let whom = Whom { id: user.id.as_str(), name: &user.username, language, address, wording };
    let sent = send(app, app_client, tx, challenge, session_id, &whom).await?;
    if sent.has_room { Ok(Some(sent.delivery)) } else { Err(SignInRefused::TooManyMessages) }
}

/// Where a code is kept, and what its hash is bound to.
struct Slot<'a> {
    app: &'a App,
    app_client: &'a AppClient,
    challenge: CodeChallenge,
    holder_id: &'a str,
    session_id: &'a str,
}

impl Slot<'_> {
    async fn find(&self, tx: &mut Conn) -> Result<CodeRecord, StoreError> {
        let found = codes::find(tx, &self.app_client.pool.id, self.holder_id, self.challenge.purpose()).await?;
        Ok(found.unwrap_or_default())
    }

    async fn put(&self, tx: &mut Conn, record: CodeRecord) -> Result<(), StoreError> {
        let expires_at = record.code_expires_at.max(record.window_started_at + WINDOW_MILLIS);
        let record = CodeRecord { expires_at, ..record };
        codes::put(tx, &self.app_client.pool.id, self.holder_id, self.challenge.purpose(), &record, self.app.now().millis()).await
    }

    /// SECURITY: keyed, for a million codes are soon tried; and of this session alone, for the one that asked for the code need not
    /// be the one that answers.
    fn hash(&self, code: &str) -> String {
        let (pool, client) = (self.app_client.pool.id.as_str(), self.app_client.client.id.as_str());
        let parts = ["sign-in", pool, client, self.holder_id, self.challenge.purpose(), self.session_id, code];
        hex(&self.app.keys.codes.keyed_hash(&parts))
    }
}

fn message(pool: &Pool, whom: &Whom<'_>, to: &Address<'_>, code: &Secret) -> Message {
    let (configuration, wording, words) = (&pool.configuration, whom.wording, Words::of(whom.language));
    let code = code.expose_secret();
    let is_email = to.attribute == NameKind::Email.as_str();
    let own = configuration.email_mfa_configuration.as_ref();
    let text = if is_email {
        wording.email_message.as_ref().or_else(|| own?.message.as_ref())
    } else {
        wording.sms_message.as_ref().or(configuration.sms_authentication_message.as_ref())
    };
    let subject = wording.email_subject.as_ref().or_else(|| own?.subject.as_ref());
    let subject = subject.map_or(words.sign_in_subject, String::as_str).to_owned();
    Message {
        channel: if is_email { "email" } else { "sms" }.to_owned(),
        to: to.value.to_string(),
        subject: is_email.then_some(subject),
        body: message_text::with_code(text.map_or(words.sign_in, String::as_str), code),
        code: Some(code.to_owned()),
        link: None,
        user_pool_id: pool.id.clone(),
        username: whom.name.to_owned(),
        trigger_source: AUTHENTICATION.to_owned(),
        language: text.is_none().then_some(whom.language),
        own: OwnEmail::default(),
    }
}
