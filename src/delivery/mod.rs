//! Messages to people: rendered, sealed, and put into the outbox in the transaction that causes them; from there they leave by
//! the routes that the settings name. And what pools log, which leaves likewise.

mod carriers;
mod deliver;
mod email;
pub mod logs;
pub mod preview;
mod senders;
mod sms;

use crate::budgets::Occasion;
use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::message_budgets::{self, Rate};
use crate::store::outbox::{self, Goes, StoredMessage};
use crate::store::{Conn, StoreError};
use crate::userpools::message::Message;

pub use carriers::Carriers;
pub use deliver::{Round, round};

/// The window in which messages to one destination are counted: milliseconds.
const WINDOW_MILLIS: i64 = 3600 * 1000;

/// Why a message is not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendRefused {
    /// So many went to this destination, or from this pool, that no more may, for a while.
    #[error("too many messages to one destination, or of one pool")]
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
    if !spend(app, tx, message, Recipient::Somebody).await? {
        return Err(SendRefused::TooMany);
    }
    Ok(put(app, tx, message, true).await?)
}

/// Whom a message is to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient<'a> {
    /// Whoever reads at its address.
    Somebody,
    /// The owner of the account that it is about.
    ///
    /// SECURITY: codes that somebody has sent there use up none of its room.
    Owner,
    /// The owner of the account that somebody signs in to.
    ///
    /// SECURITY: whoever knows the password signs in as often as they like: that uses up no room of what owners are told of
    /// changes.
    OwnerOfSignIn,
    /// Nobody: a name asked for it that has no address here. Messages to nobody are counted by this id.
    Nobody(&'a str),
}

impl Recipient<'_> {
    const fn is_there(self) -> bool {
        !matches!(self, Self::Nobody(_))
    }
}

/// Puts a message into the outbox if it is to reach somebody whose address has room for it, and answers whether; if not, a
/// message that is withheld.
///
/// SECURITY: the work is the same: who waits for the answer does not learn by it whether anybody got anything.
///
/// # Errors
/// [`StoreError`].
pub async fn send_or_withhold(app: &App, tx: &mut Conn, message: &Message, recipient: Recipient<'_>) -> Result<bool, StoreError> {
    let has_room = spend(app, tx, message, recipient).await?;
    let goes = has_room && recipient.is_there();
    put(app, tx, message, goes).await?;
    Ok(goes)
}

async fn put(app: &App, tx: &mut Conn, message: &Message, reaches_somebody: bool) -> Result<(), StoreError> {
    // What a function of the pool delivers is not delivered here too. Who reads it is looked up for nobody as well.
    let event = senders::event_of(tx, message).await?;
    let leaves_here = match (reaches_somebody, event) {
        (true, Some(event)) => {
            senders::queue(app, tx, &message.user_pool_id, &event).await?;
            false
        }
        (reaches_somebody, _) => reaches_somebody,
    };
    let id = ids::uuid(&mut app.rng());
    let place = ["outbox_messages", message.user_pool_id.as_str(), &id];
    let sealed = app.keys.at_rest.seal(&place, message, &mut app.rng())?;
    let goes = match leaves_here {
        true if app.delivery.has_route(&message.channel) => Goes::Out(app.now()),
        true => Goes::Nowhere(app.now()),
        false => Goes::ToNobody,
    };
    outbox::insert(tx, &message.user_pool_id, &id, &sealed, goes).await
}

/// Spends one of what the address may get, and of what the pool may send. A transaction that is run again spends again: budgets of pools
/// are held in memory, and are no more exact than that.
async fn spend(app: &App, tx: &mut Conn, message: &Message, recipient: Recipient<'_>) -> Result<bool, StoreError> {
    let gets = spend_destination(app, tx, message, recipient).await?;
    let occasion = match message.trigger_source.as_str() {
        "CustomMessage_Authentication" | "CustomMessage_AdminCreateUser" => Occasion::SignIn,
        _ => Occasion::Asking,
    };
    let counts = match (recipient, occasion) {
        (Recipient::Somebody, _) => true,
        // SECURITY: what a stranger asks for costs the same for whoever is there and whoever is not, or what is left would tell. Sign-ins
        // of nobody are asked for without end and would cost users theirs.
        (Recipient::Nobody(_), occasion) => occasion == Occasion::Asking,
        // What their own addresses may get bounds these, and nothing that others ask for.
        (Recipient::Owner | Recipient::OwnerOfSignIn, _) => false,
    };
    Ok(gets && (!counts || app.budgets.spend_message(&message.user_pool_id, &message.channel, occasion, app.now())))
}

/// SECURITY: whoever signs up names the address: without a budget of its own they could have it mailed without end.
async fn spend_destination(app: &App, tx: &mut Conn, message: &Message, recipient: Recipient<'_>) -> Result<bool, StoreError> {
    let Some(interval_millis) = WINDOW_MILLIS.checked_div(i64::from(app.budgets.messages)) else { return Ok(true) };
    let rate = Rate { interval_millis, window_millis: WINDOW_MILLIS };
    let pool_id = &message.user_pool_id;
    let address = match recipient {
        // Capitals make no other mailbox (RFC 5321 §2.4 lets them, nobody does).
        Recipient::Somebody => app.keys.codes.keyed_hash(&["destination", pool_id.as_str(), &message.to.to_lowercase()]),
        Recipient::Owner => app.keys.codes.keyed_hash(&["owner", pool_id.as_str(), &message.to.to_lowercase()]),
        Recipient::OwnerOfSignIn => app.keys.codes.keyed_hash(&["owner of sign-in", pool_id.as_str(), &message.to.to_lowercase()]),
        // What is sent to nobody fills nobody's mailbox.
        Recipient::Nobody(id) => app.keys.codes.keyed_hash(&["nobody's destination", pool_id.as_str(), id]),
    };
    let has_room = message_budgets::spend(tx, pool_id, &hex(&address), rate, app.now().millis()).await?;
    if !has_room && recipient.is_there() {
        app.budgets.message_refused();
    }
    Ok(has_room)
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
    let message = app.keys.at_rest.open(&place, &row.sealed_message).map_err(|_| corrupt())?;
    Ok((message, Timestamp::from_millis(row.created_at)))
}
