//! Recovers pools: counts what each recovery would change, lets previews expire, and puts things back, a batch at a time. A batch
//! is one transaction, which notes how far it came: so a node that dies restores nothing twice and leaves nothing out.

use std::time::Duration;

use super::held::{Held, Interrupted};
use crate::context::App;
use crate::kit::clock::Timestamp;
use crate::store::{Conn, StoreError, recoveries, user_data};
use crate::userpools::point_in_time::{Place, Recovery, RecoveryStatus};
use crate::userpools::user_data::{Image, Kind, Tally, restored};

/// How many things go in one transaction: others wait no longer than that takes.
pub const BATCH: i64 = 200;

/// How long what cannot be read is left before it is tried again.
const RETRY: Duration = Duration::from_secs(300);

/// Whether a recovery is due.
///
/// # Errors
/// [`StoreError`].
pub async fn has_work(app: &App) -> Result<bool, StoreError> {
    Ok(app.read(async |tx| recoveries::due(tx, app.now()).await).await?.is_some())
}

/// Works until no recovery is due.
///
/// # Errors
/// [`Interrupted`].
pub async fn run(held: &Held<'_>) -> Result<(), Interrupted> {
    while let Some(recovery) = held.app.read(async |tx| recoveries::due(tx, held.app.now()).await).await? {
        let status = recovery.status_at(held.app.now());
        let outcome = match status {
            RecoveryStatus::PreviewGenerating => preview(held, &recovery).await,
            // What two recoveries ask for is done in turns.
            RecoveryStatus::Restoring | RecoveryStatus::Stuck => {
                held.step(async |tx| put_back_some(tx, &recovery, BATCH, held.app.now()).await).await.map(drop)
            }
            // It is due when it expires.
            RecoveryStatus::PreviewGenerated => {
                set(held, &recovery, |recovery| Recovery { due_at: Some(recovery.expires_at()), ..recovery }).await
            }
            RecoveryStatus::PreviewCancelled
            | RecoveryStatus::PreviewGenerationFailed
            | RecoveryStatus::PreviewExpired
            | RecoveryStatus::RestoreCompleted => set(held, &recovery, |recovery| recovery.over(status)).await,
        };
        match outcome {
            // One pool whose past cannot be read keeps no other from its turn.
            Err(Interrupted::Store(error @ StoreError::CorruptRow { .. })) => {
                tracing::error!(pool = %recovery.pool_id, recovery = recovery.id, %error, "a user pool cannot be recovered");
                let again = held.app.now().plus(RETRY);
                let is_preview = status.is_preview();
                set(held, &recovery, |recovery| fail(recovery, is_preview, again)).await?;
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// A preview that fails changes nothing; what is half restored is not let go.
fn fail(recovery: Recovery, is_preview: bool, again: Timestamp) -> Recovery {
    if is_preview {
        recovery.over(RecoveryStatus::PreviewGenerationFailed)
    } else {
        Recovery { status: RecoveryStatus::Stuck, due_at: Some(again), ..recovery }
    }
}

/// The recovery as it is now, unless somebody has moved it on meanwhile.
async fn unmoved(tx: &mut Conn, recovery: &Recovery) -> Result<Option<Recovery>, StoreError> {
    let found = recoveries::find(tx, &recovery.pool_id, &recovery.id).await?;
    Ok(found.filter(|found| found.status == recovery.status))
}

async fn set(held: &Held<'_>, recovery: &Recovery, change: impl Fn(Recovery) -> Recovery) -> Result<(), Interrupted> {
    held.step(async |tx| match unmoved(tx, recovery).await? {
        Some(found) => recoveries::update(tx, &change(found)).await,
        None => Ok(()),
    })
    .await
}

/// Counts what a recovery would change. Nothing changes meanwhile, so that a node which takes it over begins anew.
async fn preview(held: &Held<'_>, recovery: &Recovery) -> Result<(), Interrupted> {
    let mut tally = Tally::default();
    for kind in Kind::ALL {
        let mut place = Place::before(kind);
        loop {
            let counted = held.step(async |tx| count(tx, recovery, &place).await).await?;
            let is_last = counted.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            for Counted { changed, is, newest } in counted {
                tally.count(&changed.thing, restored(changed.then, newest.as_ref()).as_ref(), is.as_ref());
                place = changed.place;
            }
            if is_last {
                break;
            }
        }
    }
    let preview = tally.preview();
    set(held, recovery, |recovery| Recovery {
        status: RecoveryStatus::PreviewGenerated,
        due_at: Some(recovery.expires_at()),
        preview: Some(preview),
        ..recovery
    })
    .await
}

/// A thing that was changed, what it is, and the last that is known of it.
struct Counted {
    changed: user_data::Changed,
    is: Option<Image>,
    newest: Option<Image>,
}

async fn count(tx: &mut Conn, recovery: &Recovery, place: &Place) -> Result<Vec<Counted>, StoreError> {
    // One that was cancelled is counted no further.
    if unmoved(tx, recovery).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut counted = Vec::new();
    for changed in user_data::changed(tx, recovery, place, BATCH).await? {
        let (is, newest) = user_data::known(tx, &recovery.pool_id, &changed.thing).await?;
        counted.push(Counted { changed, is, newest });
    }
    Ok(counted)
}

/// Puts some of what a recovery reverts back, and notes how far it came; `false` once there is nothing more to do.
///
/// # Errors
/// [`StoreError`].
pub async fn put_back_some(tx: &mut Conn, recovery: &Recovery, limit: i64, now: Timestamp) -> Result<bool, StoreError> {
    let Some(recovery) = recoveries::find(tx, &recovery.pool_id, &recovery.id).await? else { return Ok(false) };
    if !matches!(recovery.status, RecoveryStatus::Restoring | RecoveryStatus::Stuck) {
        return Ok(false);
    }
    user_data::open_for(tx, &recovery);
    let changed = user_data::changed(tx, &recovery, &recovery.place, limit).await?;
    let is_last = i64::try_from(changed.len()).unwrap_or(i64::MAX) < limit;
    let mut place = recovery.place.clone();
    for changed in changed {
        place = changed.place.clone();
        user_data::restore(tx, &recovery.pool_id, changed, now).await?;
    }
    let next = if is_last { place.kind.next().map(Place::before) } else { Some(place) };
    let is_done = next.is_none();
    let restoring = Recovery { status: RecoveryStatus::Restoring, due_at: Some(now), ..recovery };
    let reached = match next {
        Some(place) => Recovery { place, ..restoring },
        None => Recovery { status: RecoveryStatus::RestoreCompleted, completed_at: Some(now), due_at: None, ..restoring },
    };
    recoveries::update(tx, &reached).await?;
    Ok(!is_done)
}
