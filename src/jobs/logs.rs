//! Hands what pools log to its destinations.

use super::held::{Held, Interrupted};
use crate::context::App;
use crate::delivery::logs::{self, LogCarrier};
use crate::store::StoreError;

/// Whether records are due.
///
/// # Errors
/// [`StoreError`].
pub async fn has_work(app: &App) -> Result<bool, StoreError> {
    logs::is_due(app).await
}

/// Hands over all that is due.
///
/// # Errors
/// [`Interrupted`].
pub async fn run(held: &Held<'_>) -> Result<(), Interrupted> {
    let carrier = LogCarrier::of_this_thread();
    loop {
        let carried = logs::carry_due(held.app, &carrier).await?;
        if !held.step(async |tx| logs::settle(held.app, tx, &carried).await).await? {
            return Ok(());
        }
    }
}
