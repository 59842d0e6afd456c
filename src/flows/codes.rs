//! Codes that people get by mail or text message: made, sent, redeemed once; tries and resends are counted.

mod by_name;
mod purpose;
mod text;

use std::borrow::Cow;

use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::delivery::{self, Recipient, SendRefused};
use crate::kit::id::ClientId;
use crate::kit::secret::{Secret, constant_time_equals};
use crate::store::codes::{self, CodeRecord};
use crate::store::{Conn, StoreError};
use crate::userpools::attributes::{is_phone_number, masked};
use crate::userpools::name::{CanonicalName, NameKind};
use crate::userpools::pool::Pool;
use crate::userpools::recovery;
use crate::userpools::user::User;

pub use by_name::{CodeRefused, send_by_name};
pub use purpose::{Occasion, Purpose};
use text::{Reader, message};

/// The window in which tries and resends are counted. It begins with the first of them, not with the sign-up: so it tells
/// nothing of when, or whether, somebody signed up.
const WINDOW_MILLIS: i64 = 3600 * 1000;

/// Tries a window, across codes; and wrong tries that one code outlives, in all its windows together.
const MAX_TRIES: i64 = 5;

/// Codes asked for again, a window.
const MAX_RESENDS: i64 = 5;

/// Where a code goes.
#[derive(Clone, Debug)]
pub struct Address<'a> {
    /// The attribute that has the address.
    pub attribute: &'static str,
    /// The address.
    pub value: Cow<'a, str>,
}

impl<'a> Address<'a> {
    /// A user's address of a kind, if they have one.
    #[must_use]
    pub fn of(user: &'a User, kind: NameKind) -> Option<Self> {
        let value = user.attributes.get(kind.as_str()).filter(|value| !value.is_empty())?;
        Some(Self { attribute: kind.as_str(), value: Cow::Borrowed(value) })
    }

    /// An address of a kind that somebody of this name might have: always the same one for a purpose.
    pub(super) fn simulated(app: &App, pool: &Pool, purpose: &str, name: &str, kind: NameKind) -> Address<'static> {
        let chance = hex(&app.keys.codes.keyed_hash(&[purpose, pool.id.as_str(), name]));
        let value = match kind {
            NameKind::PhoneNumber if is_phone_number(name) => name.to_owned(),
            NameKind::PhoneNumber => {
                let digits: String = chance.bytes().map(|byte| char::from(b'0' + byte % 10)).take(11).collect();
                format!("+{digits}")
            }
            NameKind::Email | NameKind::Username | NameKind::PreferredUsername => {
                let letters: String = chance.bytes().map(|byte| char::from(b'a' + byte % 26)).take(2).collect();
                let (local, domain) = name.split_once('@').unwrap_or((name, &letters));
                format!("{local}@{domain}")
            }
        };
        let attribute = if kind == NameKind::PhoneNumber { "phone_number" } else { "email" };
        Address { attribute, value: Cow::Owned(value) }
    }

    /// How the wire tells of it.
    #[must_use]
    pub fn delivery(&self) -> CodeDelivery {
        CodeDelivery {
            destination: masked(self.attribute, &self.value),
            medium: Medium::of_attribute(self.attribute),
            attribute: self.attribute.to_owned(),
        }
    }
}

/// What a code goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Mail.
    Email,
    /// A text message.
    Sms,
}

impl Medium {
    fn of_attribute(attribute: &str) -> Self {
        if attribute == "email" { Self::Email } else { Self::Sms }
    }
}

/// Where a code went, as far as that is told.
#[derive(Clone, Debug)]
pub struct CodeDelivery {
    /// The address, masked.
    pub destination: String,
    /// What it went by.
    pub medium: Medium,
    /// The attribute that holds the address.
    pub attribute: String,
}

/// Why a first code is not sent.
#[derive(Debug, thiserror::Error)]
pub enum FirstCodeRefused {
    /// So much went to the address that no more may, for a while.
    #[error("too many messages to the address")]
    AddressIsFull,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(FirstCodeRefused);

impl From<SendRefused> for FirstCodeRefused {
    fn from(refused: SendRefused) -> Self {
        match refused {
            SendRefused::TooMany => Self::AddressIsFull,
            SendRefused::Store(error) => error.into(),
        }
    }
}

/// Why a code is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum SendAgainRefused {
    /// Too many were asked for.
    #[error("too many codes were asked for")]
    TooMany,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(SendAgainRefused);

/// The address that sign-up verifies: a phone number before an email.
#[must_use]
pub fn verified_by_code<'a>(pool: &Pool, user: &'a User) -> Option<Address<'a>> {
    let automatic = |attribute: &str| pool.configuration.auto_verified_attributes.iter().any(|verified| verified == attribute);
    let address = |attribute: &'static str| {
        let value = user.attributes.get(attribute).filter(|_| automatic(attribute))?;
        Some(Address { attribute, value: Cow::Borrowed(value) })
    };
    address("phone_number").or_else(|| address("email"))
}

/// Where a code would go, by the form of a name and the pool's settings alone: what is answered where users are hidden,
/// whether or not there is one.
///
/// Source: Amazon Cognito developer guide, "Managing user existence error responses".
#[must_use]
pub fn simulated_delivery(app: &App, pool: &Pool, name: &CanonicalName, purpose: Purpose) -> CodeDelivery {
    simulated_address(app, pool, name, purpose).delivery()
}

fn simulated_address(app: &App, pool: &Pool, name: &CanonicalName, purpose: Purpose) -> Address<'static> {
    let by_phone = name.is_phone_number() || (prefers_phone(pool, purpose) && !name.is_email());
    let kind = if by_phone { NameKind::PhoneNumber } else { NameKind::Email };
    Address::simulated(app, pool, "simulated delivery", name.as_str(), kind)
}

/// Whether most codes for a purpose go to phone numbers, by the pool's settings alone.
fn prefers_phone(pool: &Pool, purpose: Purpose) -> bool {
    let configuration = &pool.configuration;
    match &configuration.account_recovery_setting {
        Some(_) if purpose == Purpose::ForgotPassword => {
            recovery::kinds(configuration).is_some_and(|kinds| kinds.first() == Some(&NameKind::PhoneNumber))
        }
        _ => configuration.verifies(NameKind::PhoneNumber),
    }
}

/// Whose code and budget: a user's, or those of a name that nobody has. Both are counted by one rule, so that limits do not
/// tell which names are taken.
#[derive(Clone, Copy)]
pub enum Holder<'a> {
    /// A user, by whichever name.
    User(&'a User),
    /// A name that nobody has.
    Nobody(&'a CanonicalName),
}

impl<'a> Holder<'a> {
    fn id(self, app: &App, pool: &Pool) -> Cow<'a, str> {
        match self {
            Self::User(user) => Cow::Borrowed(user.id.as_str()),
            // A hash: names that people merely try are none of ours to keep.
            Self::Nobody(name) => Cow::Owned(hex(&app.keys.codes.keyed_hash(&["nobody", pool.id.as_str(), name.as_str()]))),
        }
    }
}

/// Makes a code that nobody asked for and sends it, in the caller's transaction: a new user's first, or an administrator's doing.
///
/// # Errors
/// [`FirstCodeRefused`].
pub async fn send_first(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: &User,
    occasion: Occasion,
    address: &Address<'_>,
    client_id: Option<&ClientId>,
) -> Result<CodeDelivery, FirstCodeRefused> {
    let code = ids::confirmation_code(&mut app.rng());
    let slot = Slot::to(pool, user.id.as_str(), occasion.purpose(), &address.value);
    let now = app.now().millis();
    // What is counted with a code before it stays counted: a new one is no new budget.
    let record = with_code(app, &slot, slot.find(tx).await?, address.attribute, &code);
    slot.put(tx, &record, now).await?;
    let reader = Reader { username: &user.username, language: pool.configuration.language_of(Some(user)) };
    delivery::send(app, tx, &message(app, pool, reader, occasion, address, &code, client_id)).await?;
    Ok(address.delivery())
}

/// Who asks for a code.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// By which name.
    pub name: &'a CanonicalName,
    /// The user, if it is somebody's.
    pub user: Option<&'a User>,
    /// By which app client, if by one.
    pub client_id: Option<&'a ClientId>,
}

/// What became of a code that was asked for again. It is counted, whatever became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentAgain {
    /// It is under way.
    Sent,
    /// There is nobody to send one to.
    ToNobody,
    /// So much went to the address that no more may, for a while; the last code goes on.
    AddressIsFull,
}

/// Makes a code in place of the last one and sends it, in the caller's transaction. Where there is nobody to send one to, the
/// statements are the same, and so is what they write: a message that is withheld.
///
/// # Errors
/// [`SendAgainRefused`].
pub async fn send_again(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    asker: Asker<'_>,
    occasion: Occasion,
    address: Option<&Address<'_>>,
) -> Result<SentAgain, SendAgainRefused> {
    let Asker { name, user, client_id } = asker;
    let now = app.now().millis();
    let holder_id = user.map_or(Holder::Nobody(name), Holder::User).id(app, pool);
    let simulated = simulated_address(app, pool, name, occasion.purpose());
    let to = address.unwrap_or(&simulated);
    let slot = Slot::to(pool, &holder_id, occasion.purpose(), &to.value);
    let mut record = in_window(slot.find(tx).await?, now);
    if record.sent_count >= MAX_RESENDS {
        return Err(SendAgainRefused::TooMany);
    }
    record.sent_count += 1;
    let code = ids::confirmation_code(&mut app.rng());
    let renewed = with_code(app, &slot, record.clone(), to.attribute, &code);
    let username = user.map_or(name.as_str(), |user| &user.username);
    let reader = Reader { username, language: pool.configuration.language_of(user) };
    let message = message(app, pool, reader, occasion, to, &code, client_id);
    let recipient = if address.is_some() { Recipient::Somebody } else { Recipient::Nobody(&holder_id) };
    let goes = delivery::send_or_withhold(app, tx, &message, recipient).await?;
    let sent = match (address.is_some(), goes) {
        (false, _) => SentAgain::ToNobody,
        (true, true) => SentAgain::Sent,
        (true, false) => SentAgain::AddressIsFull,
    };
    let record = if sent == SentAgain::Sent { renewed } else { ending(record) };
    slot.put(tx, &record, now).await?;
    Ok(sent)
}

/// What became of a try. It is remembered, so it is no error before the transaction commits.
#[derive(Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The code was right, and is used now; the attribute that it verifies.
    Accepted(Option<String>),
    /// It was wrong.
    Wrong,
    /// There is none to be right: it was used, its tries are spent, its time is over, or it was never sent.
    NoCode,
    /// It was right, and its time is over.
    Expired,
    /// Too many were tried: this one was not judged.
    TooMany,
}

/// Redeems a code.
///
/// # Errors
/// Failures of the store only.
pub async fn redeem(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    holder: Holder<'_>,
    purpose: Purpose,
    code: &str,
) -> Result<Redeemed, StoreError> {
    try_code(app, tx, &Slot::to(pool, &holder.id(app, pool), purpose, ""), code, IfRight::IsUsed).await
}

/// Redeems the code that went to an address, and to no other.
///
/// # Errors
/// Failures of the store only.
pub async fn redeem_of_address(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: &User,
    address: &Address<'_>,
    code: &str,
) -> Result<Redeemed, StoreError> {
    let purpose = if address.attribute == "email" { Purpose::Email } else { Purpose::PhoneNumber };
    try_code(app, tx, &Slot::to(pool, user.id.as_str(), purpose, &address.value), code, IfRight::IsUsed).await
}

/// Tries a code as [`redeem`] does, and leaves a right one for the step that follows.
///
/// # Errors
/// Failures of the store only.
pub async fn check(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    holder: Holder<'_>,
    purpose: Purpose,
    code: &str,
) -> Result<Redeemed, StoreError> {
    try_code(app, tx, &Slot::to(pool, &holder.id(app, pool), purpose, ""), code, IfRight::Stays).await
}

/// Ends the codes by which a user would set a new password.
///
/// # Errors
/// [`StoreError`].
pub async fn kill_reset(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    codes::kill_purpose(tx, &user.pool_id, user.id.as_str(), Purpose::ForgotPassword.name()).await
}

/// What becomes of a code that was right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IfRight {
    IsUsed,
    Stays,
}

async fn try_code(app: &App, tx: &mut Conn, slot: &Slot<'_>, code: &str, if_right: IfRight) -> Result<Redeemed, StoreError> {
    let now = app.now().millis();
    let mut record = in_window(slot.find(tx).await?, now);
    if record.failed_attempts >= MAX_TRIES {
        return Ok(Redeemed::TooMany);
    }
    let given = slot.hash(app, code);
    let right = constant_time_equals(record.code_hash.as_deref().unwrap_or_default().as_bytes(), given.as_bytes());
    let redeemed = match (right, record.code_hash.is_some() && now < record.code_expires_at) {
        (true, true) => Redeemed::Accepted(record.attribute.clone()),
        (true, false) => Redeemed::Expired,
        (false, true) => Redeemed::Wrong,
        (false, false) => Redeemed::NoCode,
    };
    if if_right == IfRight::Stays && matches!(redeemed, Redeemed::Accepted(_)) {
        return Ok(redeemed);
    }
    if right {
        record.failed_attempts = 0;
    } else {
        record.failed_attempts += 1;
        record.code_failed_attempts += 1;
    }
    // SECURITY: dead for good. Were its tries its window's only, a code could be guessed at all day.
    if matches!(redeemed, Redeemed::Accepted(_)) || record.code_failed_attempts >= MAX_TRIES {
        record.code_hash = None;
    }
    slot.put(tx, &ending(record), now).await?;
    Ok(redeemed)
}

/// The record in the window that `now` lies in: a new one, if the last is over.
fn in_window(record: CodeRecord, now: i64) -> CodeRecord {
    if now - record.window_started_at < WINDOW_MILLIS {
        return record;
    }
    CodeRecord { failed_attempts: 0, sent_count: 0, window_started_at: now, ..record }
}

/// The record with a code that nobody has tried yet.
fn with_code(app: &App, slot: &Slot<'_>, record: CodeRecord, attribute: &str, code: &Secret) -> CodeRecord {
    ending(CodeRecord {
        code_hash: Some(slot.hash(app, code.expose_secret())),
        attribute: Some(attribute.to_owned()),
        code_expires_at: app.now().millis() + slot.purpose.lifetime_millis(),
        code_failed_attempts: 0,
        ..record
    })
}

/// The record with its end: no earlier than its code's and its window's.
fn ending(record: CodeRecord) -> CodeRecord {
    let code_end = if record.code_hash.is_some() { record.code_expires_at } else { 0 };
    CodeRecord { expires_at: code_end.max(record.window_started_at + WINDOW_MILLIS), ..record }
}

/// Where a code is kept, and what its hash is bound to.
struct Slot<'a> {
    pool: &'a Pool,
    holder_id: &'a str,
    purpose: Purpose,
    /// The address that the code proves, where it proves one.
    address: &'a str,
}

impl<'a> Slot<'a> {
    fn to(pool: &'a Pool, holder_id: &'a str, purpose: Purpose, address: &'a str) -> Self {
        Self { pool, holder_id, purpose, address: if purpose.is_of_an_address() { address } else { "" } }
    }

    /// The last code and what is counted with it; of nothing yet, where there was none.
    async fn find(&self, tx: &mut Conn) -> Result<CodeRecord, StoreError> {
        Ok(codes::find(tx, &self.pool.id, self.holder_id, self.purpose.name()).await?.unwrap_or_default())
    }

    async fn put(&self, tx: &mut Conn, record: &CodeRecord, now: i64) -> Result<(), StoreError> {
        codes::put(tx, &self.pool.id, self.holder_id, self.purpose.name(), record, now).await
    }

    /// SECURITY: a million codes are soon tried against a plain hash; without the key there is nothing to try against.
    fn hash(&self, app: &App, code: &str) -> String {
        let [pool, purpose] = [self.pool.id.as_str(), self.purpose.name()];
        // The codes of sign-ups, some of which are under way, are hashed without an address.
        hex(&if self.address.is_empty() {
            app.keys.codes.keyed_hash(&[pool, self.holder_id, purpose, code])
        } else {
            app.keys.codes.keyed_hash(&[pool, self.holder_id, purpose, code, self.address])
        })
    }
}
