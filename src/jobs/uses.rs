//! Records when access keys and roles were last used. Each node has its own to record, so this is no row of the table of jobs.

use std::time::Duration;

use crate::context::App;
use crate::store::{self, StoreError};

/// How long a use waits at most before it is recorded.
pub const EVERY: Duration = Duration::from_secs(60);

/// How many are recorded in one transaction: others wait no longer than that takes.
const BATCH: usize = 500;

/// Records what this node has noted.
///
/// # Errors
/// [`StoreError`]; what is not recorded then is at the next time.
pub async fn record(app: &App) -> Result<(), StoreError> {
    for batch in app.key_uses.unrecorded().chunks(BATCH) {
        app.write(async |tx| {
            for noted in batch {
                store::iam::record_use(tx, &noted.account_id, &noted.id, &noted.used).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        app.key_uses.recorded(batch);
    }
    for batch in app.role_uses.unrecorded().chunks(BATCH) {
        app.write(async |tx| {
            for noted in batch {
                store::iam::record_role_use(tx, &noted.account_id, &noted.id, &noted.used).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        app.role_uses.recorded(batch);
    }
    Ok(())
}
