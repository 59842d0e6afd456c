//! A job that this node holds: its steps, each in a transaction that renews the lease.

use std::error::Error;
use std::time::Duration;

use tokio::sync::watch;

use crate::context::App;
use crate::flows::failed::Failed;
use crate::kit::causes::Causes;
use crate::kit::clock::Timestamp;
use crate::store::jobs::{self, Job};
use crate::store::{Conn, StoreError};

/// How long a node that says nothing keeps a job.
pub const LEASE: Duration = Duration::from_secs(60);

/// A job that this node holds.
pub struct Held<'a> {
    /// The application.
    pub app: &'a App,
    /// The job.
    pub job: Job,
    /// The name that it is held by.
    pub lease: String,
    /// Whether this node is about to stop.
    pub stopping: &'a watch::Receiver<bool>,
}

/// Why a job ends before it is done.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// This node stops.
    #[error("the node stops")]
    Stopping,
    /// Another node has the job.
    #[error("another node has taken the job over")]
    Lost,
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Anything else, for now or for good: the job is tried again.
    #[error("{0}")]
    Failed(Box<dyn Error + Send + Sync>),
}

impl Interrupted {
    /// Of whatever went wrong.
    pub fn failed(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<Failed> for Interrupted {
    fn from(failed: Failed) -> Self {
        Self::Failed(Causes(&failed).to_string().into())
    }
}

impl Held<'_> {
    /// Runs a step of the job in one transaction, which commits only while the job is ours.
    ///
    /// # Errors
    /// [`Interrupted`].
    pub async fn step<T, E>(&self, body: impl AsyncFn(&mut Conn) -> Result<T, E>) -> Result<T, Interrupted>
    where
        Interrupted: From<E>,
    {
        if *self.stopping.borrow() {
            return Err(Interrupted::Stopping);
        }
        self.app
            .write(async |tx| {
                if !jobs::renew(tx, &self.job, &self.lease, self.app.now().plus(LEASE)).await? {
                    return Err(Interrupted::Lost);
                }
                Ok(body(tx).await?)
            })
            .await
    }

    /// Gives the job back, to be claimed from a moment on.
    ///
    /// # Errors
    /// [`Interrupted`].
    pub async fn give_back(&self, attempts: i64, ready_at: Timestamp) -> Result<(), Interrupted> {
        let ours = self.app.write(async |tx| jobs::give_back(tx, &self.job, &self.lease, attempts, ready_at).await).await?;
        if ours { Ok(()) } else { Err(Interrupted::Lost) }
    }
}
