//! Rotates the signing keys of user pools: where a key has signed for its time, the next takes its turn and another is
//! published in its place. What has signed stays published until nothing that it signed lives, and is deleted then.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::held::{Held, Interrupted};
use crate::flows::pool_keys;
use crate::kit::id::UserPoolId;
use crate::store::StoreError;
use crate::store::signing_keys::{self, Due};
use crate::userpools::signing_keys::{PUBLISHED_AFTER, Turn};

/// How many pools are looked up at once.
pub const PAGE: u32 = 20;

/// How many keys are deleted at once.
pub const BATCH: u32 = 500;

/// Rotates what is due, and deletes what is done with.
///
/// # Errors
/// [`Interrupted`].
pub async fn run(held: &Held<'_>) -> Result<(), Interrupted> {
    delete_previous(held).await?;
    match held.app.signing_key_age {
        Some(longest) => rotate_due(held, longest).await,
        None => Ok(()),
    }
}

async fn delete_previous(held: &Held<'_>) -> Result<(), Interrupted> {
    let before = held.app.now().minus(PUBLISHED_AFTER);
    let delete = async || held.step(async |tx| signing_keys::delete_previous(tx, before, i64::from(BATCH)).await).await;
    while delete().await? == BATCH as usize {}
    Ok(())
}

async fn rotate_due(held: &Held<'_>, longest: Duration) -> Result<(), Interrupted> {
    let before = held.app.now().minus(longest);
    let (mut after, mut outcome) = (Due::default(), Ok(()));
    loop {
        let page = held.app.read(async |tx| signing_keys::due(tx, before, &after, i64::from(PAGE)).await).await?;
        let Some(last) = page.last().cloned() else { return outcome };
        for due in page {
            match rotate(held, &due.pool_id, longest).await {
                // One pool's broken row keeps no other from its turn.
                Err(Interrupted::Store(error @ StoreError::CorruptRow { .. })) => outcome = Err(error.into()),
                rotated => rotated?,
            }
        }
        after = last;
    }
}

/// Rotates one pool's keys, in one transaction that needs no time: the new key is made before it.
async fn rotate(held: &Held<'_>, pool_id: &UserPoolId, longest: Duration) -> Result<(), Interrupted> {
    // A key takes long to make: only one that will be needed is.
    if held.app.read(async |tx| pool_keys::turn_of(held.app, tx, pool_id, longest).await).await? == Turn::NotYet {
        return Ok(());
    }
    // Sign-ins go before; and who waits here keeps no other pool from its turn.
    let Ok(made) = pool_keys::generate(held.app, pool_keys::FOLLOWING).await else {
        tracing::info!(%pool_id, "a user pool's signing key is rotated later: the hashing pool is full");
        return Ok(());
    };
    let following = made.map_err(Interrupted::failed)?;
    let turn = held.step(async |tx| pool_keys::rotate(held.app, tx, pool_id, longest, &following).await).await?;
    match turn {
        Turn::NotYet => {}
        Turn::Publish => tracing::warn!(%pool_id, "a user pool had no next signing key: one is published"),
        Turn::Take { retiring, rising } => {
            held.app.rotations.fetch_add(1, Ordering::Relaxed);
            tracing::info!(%pool_id, retiring, rising, "a user pool's signing key was rotated");
        }
    }
    Ok(())
}
