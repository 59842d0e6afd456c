//! Deletes what has expired: in every table until a batch is short, so that no rate of sign-ins outruns it.

use super::held::{Held, Interrupted};
use crate::store::{expired, user_data};

/// How many rows go in one transaction: others wait no longer than that takes.
pub const BATCH: u32 = 1_000;

/// Sweeps every table.
///
/// # Errors
/// [`Interrupted`].
pub async fn run(held: &Held<'_>) -> Result<(), Interrupted> {
    let (now, events) = (held.app.now(), held.app.events_kept);
    for table in &expired::TABLES {
        while held.step(async |tx| expired::delete(tx, table, events, now, i64::from(BATCH)).await).await? == u64::from(BATCH) {}
    }
    while held.step(async |tx| user_data::forget_old(tx, now, i64::from(BATCH)).await).await? == u64::from(BATCH) {}
    Ok(())
}
