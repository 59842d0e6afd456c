//! Writes what the node has noted: events and counts. Each node its own, so it is no row of the jobs' table.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::audit::auth_events::AuthEvent;
use crate::context::App;
use crate::delivery::logs;
use crate::kit::id::UserPoolId;
use crate::store::{StoreError, audit, auth_events, users};
use crate::userpools::log_delivery::EventSource;

/// How often it is written.
pub const EVERY: Duration = Duration::from_millis(500);

/// So many events are one transaction.
const BATCH: usize = 100;

/// Writes all that is noted now. What could not be written is noted still.
///
/// # Errors
/// [`StoreError`].
pub async fn write(app: &App) -> Result<(), StoreError> {
    loop {
        let events = app.journal.take_events(BATCH);
        if events.is_empty() {
            break;
        }
        if let Err(error) = app.write(async |tx| audit::insert(tx, &events).await).await {
            app.journal.put_back_events(events);
            return Err(error);
        }
    }
    loop {
        let events = app.journal.take_auth_events(BATCH);
        if events.is_empty() {
            break;
        }
        if let Err(error) = write_auth_events(app, &events).await {
            app.journal.put_back_auth_events(events);
            return Err(error);
        }
    }
    let counts = app.journal.take_counts();
    if counts.is_empty() {
        return Ok(());
    }
    let written = app.write(async |tx| audit::add_counts(tx, &counts).await).await;
    if written.is_err() {
        app.journal.put_back_counts(counts);
    }
    written
}

/// What users did is kept in their history; and queued, where their pool exports it.
async fn write_auth_events(app: &App, events: &[AuthEvent]) -> Result<(), StoreError> {
    let exported = exported(app, events).await?;
    app.write(async |tx| {
        auth_events::write(tx, events).await?;
        for (pool_id, records) in &exported {
            logs::queue(app, tx, pool_id, EventSource::UserAuthEvents, records).await?;
        }
        Ok(())
    })
    .await
}

/// The records of those that go to a destination and have room, by pool. Who is gone has none.
async fn exported(app: &App, events: &[AuthEvent]) -> Result<BTreeMap<UserPoolId, Vec<Value>>, StoreError> {
    let mut by_pool: BTreeMap<&UserPoolId, Vec<&AuthEvent>> = BTreeMap::new();
    for event in events {
        by_pool.entry(&event.pool_id).or_default().push(event);
    }
    let mut exported = BTreeMap::new();
    for (pool_id, events) in by_pool {
        if logs::destination(app, pool_id, EventSource::UserAuthEvents).await?.is_none() {
            continue;
        }
        let room = logs::room(app, pool_id, EventSource::UserAuthEvents).await?;
        if events.len() > room {
            tracing::warn!(pool = %pool_id, dropped = events.len() - room, "records of the pool's logs found no room");
        }
        let records = app.read(async |tx| {
            let mut records = Vec::new();
            for event in events.into_iter().take(room) {
                if let Some(user) = users::find_by_id(tx, pool_id, &event.user_id).await? {
                    records.push(event.log_record(&user.username));
                }
            }
            Ok::<_, StoreError>(records)
        });
        exported.insert(pool_id.clone(), records.await?);
    }
    Ok(exported)
}
