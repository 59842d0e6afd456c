//! The worker of a node: claims what is due, runs it, and says when it is due again.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join_all, join4};
use tokio::sync::watch;

use super::held::{Held, Interrupted, LEASE};
use super::{KINDS, Kind, deliver, journal, presence, uses};
use crate::context::App;
use crate::crypto::ids;
use crate::kit::causes::Causes;
use crate::store::{StoreError, jobs};

/// How often a node looks for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long a job that failed once waits; each failure more doubles it.
const RETRY: Duration = Duration::from_secs(5);

/// After so many failures the pause grows no more: it is near six minutes then.
const MOST_DOUBLINGS: i64 = 6;

/// The id of the one job of a kind.
const ONLY: &str = "only";

/// Runs what is due, until the node stops. No kind of job waits for another: some take hours.
pub async fn work(app: Arc<App>, stopping: watch::Receiver<bool>) {
    let jobs = join_all(KINDS.iter().map(|kind| work_at(&app, kind, stopping.clone())));
    // What each node has of its own to write: no rows of the table.
    let own = join4(
        repeat(journal::EVERY, stopping.clone(), async || journal::write(&app).await),
        repeat(uses::EVERY, stopping.clone(), async || uses::record(&app).await),
        presence::keep(&app, stopping.clone()),
        deliver::keep(&app, stopping.clone()),
    );
    join(jobs, own).await;
}

/// Does something now and then, and once more when the node stops. What fails is done again the next time.
async fn repeat(every: Duration, mut stopping: watch::Receiver<bool>, act: impl AsyncFn() -> Result<(), StoreError>) {
    loop {
        let stops = tokio::time::timeout(every, stopping.changed()).await.is_ok();
        if let Err(error) = act().await {
            tracing::warn!(error = %Causes(&error), "what this node has noted could not be written yet");
        }
        if stops {
            return;
        }
    }
}

async fn work_at(app: &App, kind: &Kind, mut stopping: watch::Receiver<bool>) {
    loop {
        match run_kind(app, kind, &stopping).await {
            Ok(()) => {}
            Err(interrupted @ (Interrupted::Stopping | Interrupted::Lost)) => tracing::info!(kind = kind.name, "{interrupted}"),
            Err(error) => tracing::warn!(kind = kind.name, %error, "a job could not be done"),
        }
        if tokio::time::timeout(LOOK_EVERY, stopping.changed()).await.is_ok() {
            return;
        }
    }
}

/// Runs the job of a kind, if it is due.
///
/// # Errors
/// [`Interrupted`].
pub(super) async fn run_kind(app: &App, kind: &Kind, stopping: &watch::Receiver<bool>) -> Result<(), Interrupted> {
    if !(kind.has_work)(app).await? {
        return Ok(());
    }
    let lease = ids::uuid(&mut app.rng());
    let Some(job) = claim(app, kind, &lease).await? else { return Ok(()) };
    let held = Held { app, job, lease, stopping };
    let outcome = (kind.run)(&held).await;
    match &outcome {
        Ok(()) => held.give_back(0, app.now().plus(kind.every)).await?,
        Err(Interrupted::Stopping) => held.give_back(0, app.now()).await?,
        Err(Interrupted::Lost) => {}
        Err(Interrupted::Store(_) | Interrupted::Failed(_)) => {
            let doublings = (held.job.attempts - 1).clamp(0, MOST_DOUBLINGS);
            held.give_back(held.job.attempts, app.now().plus(RETRY * (1 << doublings))).await?;
        }
    }
    outcome
}

/// Runs what is due now, one kind after another, until the first that fails.
///
/// # Errors
/// [`Interrupted`].
#[cfg(test)]
pub async fn run_due(app: &App) -> Result<(), Interrupted> {
    let (_running, stopping) = watch::channel(false);
    run_until(app, &stopping).await
}

/// [`run_due`], for as long as the node does not stop.
///
/// # Errors
/// [`Interrupted`].
#[cfg(test)]
pub(super) async fn run_until(app: &App, stopping: &watch::Receiver<bool>) -> Result<(), Interrupted> {
    for kind in &KINDS {
        run_kind(app, kind, stopping).await?;
    }
    Ok(())
}

/// Claims the job of a kind if it is due. Looks before it writes: most often nothing is.
async fn claim(app: &App, kind: &Kind, lease: &str) -> Result<Option<jobs::Job>, StoreError> {
    let ready = app.read(async |tx| jobs::next_ready(tx, kind.name).await).await?;
    if ready.is_some_and(|ready| ready > app.now()) {
        return Ok(None);
    }
    app.write(async |tx| {
        let now = app.now();
        jobs::plant(tx, kind.name, ONLY, "{}", now).await?;
        jobs::claim(tx, kind.name, lease, now, now.plus(LEASE)).await
    })
    .await
}
