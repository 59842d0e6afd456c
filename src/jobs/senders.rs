//! Hands messages to the functions that deliver them: each is called until it answered, or until it did not for as often as a
//! function is called. What it makes of a message is its own: nobody waits for it.

use futures_util::future::join_all;
use serde_json::Value;

use super::held::{Held, Interrupted};
use crate::context::App;
use crate::crypto::sealed::Sealed;
use crate::delivery::logs::message_failed;
use crate::kit::causes::Causes;
use crate::store::StoreError;
use crate::store::sender_events::{self, Waiting};
use crate::userpools::message::SenderEvent;

/// How many functions are called at once.
const BATCH: u32 = 20;

/// Whether a message waits.
///
/// # Errors
/// [`StoreError`].
pub async fn has_work(app: &App) -> Result<bool, StoreError> {
    Ok(!app.read(async |tx| sender_events::oldest(tx, 1).await).await?.is_empty())
}

/// Calls for all that waits.
///
/// # Errors
/// [`Interrupted`].
pub async fn run(held: &Held<'_>) -> Result<(), Interrupted> {
    loop {
        let waiting = held.app.read(async |tx| sender_events::oldest(tx, i64::from(BATCH)).await).await?;
        let is_last = waiting.len() < BATCH as usize;
        join_all(waiting.iter().map(|waiting| hand(held.app, waiting))).await;
        held.step(async |tx| {
            for Waiting { pool_id, event_id, .. } in &waiting {
                sender_events::delete(tx, pool_id, event_id).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        if is_last {
            return Ok(());
        }
    }
}

/// What fails here is told to the log: who asked for the message has their answer.
async fn hand(app: &App, waiting: &Waiting) {
    match opened(app, waiting) {
        Ok((function, event)) => {
            if let Err(refused) = app.functions.call(&function, &event, app.now()).await {
                tracing::warn!(pool = %waiting.pool_id, function, "a message was not delivered by its function: {refused}");
                failed(app, waiting, "a message was not delivered by its function").await;
            }
        }
        Err(problem) => {
            tracing::warn!(pool = %waiting.pool_id, "a message was not handed to its function: {problem}");
            failed(app, waiting, "a message was not handed to its function").await;
        }
    }
}

/// Tells the pool's own log, where it has one.
async fn failed(app: &App, waiting: &Waiting, what: &str) {
    if let Err(error) = message_failed(app, &waiting.pool_id, what).await {
        tracing::warn!(pool = %waiting.pool_id, error = %Causes(&error), "a record of the pool's logs could not be queued");
    }
}

/// The function, and the event with the code encrypted for it.
fn opened(app: &App, waiting: &Waiting) -> Result<(String, Value), String> {
    let place = ["sender_events", waiting.pool_id.as_str(), &waiting.event_id];
    let sealed: &Sealed<SenderEvent> = &waiting.sealed_event;
    let corrupt = || StoreError::corrupt("sender_events", "sealed_event", &waiting.event_id).to_string();
    let SenderEvent { function, key_id, mut event, code } = app.keys.at_rest.open(&place, sealed).map_err(|_| corrupt())?;
    if let Some(code) = code {
        let key = app.functions.key(&key_id).ok_or_else(|| format!("the settings have no [[triggers.key]] for {key_id}"))?;
        let context = [("userpool-id", waiting.pool_id.as_str())];
        let encrypted = key.encrypt(&code, &context, &mut app.rng()).map_err(|error| error.to_string())?;
        if let Some(member) = event.pointer_mut("/request/code") {
            *member = Value::String(data_encoding::BASE64.encode(&encrypted));
        }
    }
    Ok((function, event))
}
