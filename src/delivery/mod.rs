//! Messages to people: rendered, sealed, and put into the outbox in the transaction that causes them.

use askama::Template;

use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::crypto::sealed::Json;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::message_budgets::{self, Rate};
use crate::store::outbox::{self, StoredMessage};
use crate::store::{Conn, StoreError};
use crate::userpools::message::Message;

/// The email that carries a code.
#[derive(Template)]
#[template(path = "email/verification.txt")]
pub struct VerificationEmail<'a> {
    /// The code.
    pub code: &'a str,
}

/// The text message that carries a code.
#[derive(Template)]
#[template(path = "sms/verification.txt")]
pub struct VerificationSms<'a> {
    /// The code.
    pub code: &'a str,
}

/// The email that invites a user whom an administrator made.
#[derive(Template)]
#[template(path = "email/invitation.txt")]
pub struct InvitationEmail<'a> {
    /// Whom.
    pub username: &'a str,
    /// The temporary password.
    pub code: &'a str,
}

/// The text message that invites a user whom an administrator made.
#[derive(Template)]
#[template(path = "sms/invitation.txt")]
pub struct InvitationSms<'a> {
    /// Whom.
    pub username: &'a str,
    /// The temporary password.
    pub code: &'a str,
}

/// The window in which messages to one destination are counted: milliseconds.
const WINDOW_MILLIS: i64 = 3600 * 1000;

/// Why a message is not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendRefused {
    /// So many went to this destination that no more may, for a while.
    #[error("too many messages to one destination")]
    TooMany,
    /// Our own failure.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Puts a message into the outbox, in the transaction that causes it.
///
/// # Errors
/// [`SendRefused`].
pub async fn send(app: &App, tx: &mut Conn, message: &Message) -> Result<(), SendRefused> {
    spend(app, tx, message).await?;
    let id = ids::uuid(&mut app.rng());
    let place = ["outbox_messages", message.user_pool_id.as_str(), &id];
    let sealed = app.keys.at_rest.seal(&place, &Json(message.clone()), &mut app.rng()).map_err(StoreError::from)?;
    Ok(outbox::insert(tx, &message.user_pool_id, &id, &sealed, app.now()).await?)
}

/// SECURITY: whoever signs up names the address: without a budget of its own they could have it mailed without end.
async fn spend(app: &App, tx: &mut Conn, message: &Message) -> Result<(), SendRefused> {
    let Some(interval_millis) = WINDOW_MILLIS.checked_div(i64::from(app.budgets.messages)) else { return Ok(()) };
    let rate = Rate { interval_millis, window_millis: WINDOW_MILLIS };
    let pool_id = &message.user_pool_id;
    // Capitals make no other mailbox (RFC 5321 §2.4 lets them, nobody does).
    let address = app.keys.codes.keyed_hash(&["destination", pool_id.as_str(), &message.to.to_lowercase()]);
    if message_budgets::spend(tx, pool_id, &hex(&address), rate, app.now().millis()).await? {
        return Ok(());
    }
    app.budgets.message_refused();
    Err(SendRefused::TooMany)
}

/// The newest messages, of one pool or of all, and when each was sent.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(app: &App, pool_id: Option<&UserPoolId>, limit: i64) -> Result<Vec<(Message, Timestamp)>, StoreError> {
    let stored = app.read(async |tx| outbox::newest(tx, pool_id, limit).await).await?;
    stored.into_iter().map(|row| open(app, &row)).collect()
}

fn open(app: &App, row: &StoredMessage) -> Result<(Message, Timestamp), StoreError> {
    let corrupt = || StoreError::corrupt("outbox_messages", "sealed_message", &row.message_id);
    let place = ["outbox_messages", row.pool_id.as_str(), &row.message_id];
    let Json(message) = app.keys.at_rest.open(&place, &row.sealed_message).map_err(|_| corrupt())?;
    Ok((message, Timestamp::from_millis(row.created_at)))
}
