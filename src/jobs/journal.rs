//! Writes what the node has noted: events and counts. Each node its own, so it is no row of the jobs' table.

use std::time::Duration;

use crate::context::App;
use crate::store::{StoreError, audit, auth_events};

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
        if let Err(error) = app.write(async |tx| auth_events::write(tx, &events).await).await {
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
