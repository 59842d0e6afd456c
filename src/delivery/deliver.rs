//! Takes messages from the outbox, hands them over, and says what became of each. A node holds a message by a moment in its row:
//! whoever dies with it loses it at that moment, and another node hands it over.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::carriers::{Carriers, NotCarried, PATIENCE, Parcel};
use super::{logs, open};
use crate::config::Mode;
use crate::context::App;
use crate::kit::clock::Timestamp;
use crate::store::StoreError;
use crate::store::outbox::{self, Due};
use crate::userpools::pool::EmailConfiguration;

/// So many messages are looked for at a time.
const AT_A_TIME: i64 = 64;

/// So many are under way at once.
const AT_ONCE: usize = 8;

/// How long a node holds a message: longer than any server may take for it.
const HELD: Duration = Duration::from_secs(3 * PATIENCE.as_secs());

/// The pause after a first try that failed; each one more doubles it.
const RETRY: Duration = Duration::from_secs(5);

/// After so many doublings the pause grows no more: it is over ten minutes then.
const MOST_DOUBLINGS: i64 = 7;

/// After so long a message is given up: the codes in it are dead.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 3600);

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many messages were found due.
    pub found: usize,
    /// Whether there may be more of them.
    pub may_have_more: bool,
}

/// Hands over what is due.
///
/// # Errors
/// [`StoreError`], of the first message that it kept from being settled.
pub async fn round(app: &App, carriers: &Carriers) -> Result<Round, StoreError> {
    let due = app.read(async |tx| outbox::due(tx, app.now(), AT_A_TIME).await).await?;
    let found = due.len();
    let mut settled = stream::iter(due).map(|due| deliver(app, carriers, due)).buffer_unordered(AT_ONCE);
    let mut outcome = Ok(());
    while let Some(one) = settled.next().await {
        outcome = outcome.and(one);
    }
    outcome.map(|()| Round { found, may_have_more: i64::try_from(found) == Ok(AT_A_TIME) })
}

async fn deliver(app: &App, carriers: &Carriers, due: Due) -> Result<(), StoreError> {
    let until = app.now().plus(HELD);
    // Another node may have been faster: then it has the message.
    let Some(stored) = app.write(async |tx| outbox::hold(tx, &due, until).await).await? else { return Ok(()) };
    let held = Due { due_at: until.millis(), attempts: due.attempts + 1, ..due };
    let outcome = match open(app, &stored) {
        Ok((message, _)) => {
            // As the pool is now: a sender that was corrected is the one that the next try goes by.
            let pool = app.pool(&message.user_pool_id).await?;
            let sending = pool.as_ref().map(|pool| &pool.configuration.email_configuration);
            let own = &message.own;
            let from = own.from.as_deref().or_else(|| sending.and_then(EmailConfiguration::sender));
            let reply_to = own.reply_to.as_deref().or_else(|| sending.and_then(EmailConfiguration::reply_to));
            carriers.carry(&Parcel { id: &stored.message_id, message: &message, from, reply_to, now: app.now() }).await
        }
        Err(_) => Err(NotCarried::Never("it does not open".to_owned())),
    };
    let counts = &app.delivered;
    match outcome {
        Ok(()) => {
            counts.delivered.fetch_add(1, Ordering::Relaxed);
            app.write(async |tx| settled(app, tx, &held).await).await
        }
        Err(NotCarried::Later(reason)) if app.now() < Timestamp::from_millis(held.created_at).plus(GIVEN_UP_AFTER) => {
            counts.tried.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(pool = %held.pool_id, message = held.message_id, attempt = held.attempts, reason, "a message waits");
            let doublings = (held.attempts - 1).clamp(0, MOST_DOUBLINGS);
            let again = app.now().plus(RETRY * (1 << doublings));
            app.write(async |tx| outbox::settle(tx, &held, Some(again)).await).await.map(drop)
        }
        Err(NotCarried::Later(reason) | NotCarried::Never(reason)) => {
            counts.given_up.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(pool = %held.pool_id, message = held.message_id, attempt = held.attempts, reason, "a message is given up");
            app.write(async |tx| outbox::settle(tx, &held, None).await).await?;
            logs::message_failed(app, &held.pool_id, &format!("a message was given up after {} tries: {reason}", held.attempts)).await
        }
    }
}

/// In `dev` somebody may look at what was delivered; elsewhere its code is nobody's but its reader's.
async fn settled(app: &App, tx: &mut crate::store::Conn, held: &Due) -> Result<(), StoreError> {
    match app.mode {
        Mode::Dev => outbox::settle(tx, held, None).await.map(drop),
        Mode::Serve => outbox::remove(tx, held).await.map(drop),
    }
}

#[cfg(test)]
mod tests;
