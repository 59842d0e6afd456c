//! Work that no request waits for: rows of one table, each run by one node at a time.
//!
//! A node claims a job by a lease and renews it in every transaction of the job. A node that dies, or sleeps past its lease,
//! has lost the job: another takes over, and what the first would still write does not commit.

mod deliver;
mod held;
mod import;
pub mod journal;
mod logs;
mod presence;
mod recover;
mod rotate;
mod senders;
mod sweep;
#[cfg(test)]
mod tests;
pub mod uses;
mod work;

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use held::Held;
pub use held::Interrupted;
#[cfg(test)]
pub use work::run_due;
pub use work::work;

use crate::context::App;
use crate::store::StoreError;

/// A kind of job, of which there is one for the whole deployment.
struct Kind {
    /// Its name in the table; it stays as it is, for rows of the last release bear it.
    name: &'static str,
    /// How long after it was done it is due again.
    every: Duration,
    /// Whether there is anything to do. It is looked for first: a node that has nothing to do writes nothing.
    has_work: for<'a> fn(&'a App) -> LocalBoxFuture<'a, Result<bool, StoreError>>,
    run: for<'a> fn(&'a Held<'a>) -> LocalBoxFuture<'a, Result<(), Interrupted>>,
}

/// The registry.
const KINDS: [Kind; 6] = [
    Kind {
        name: "import",
        every: Duration::from_secs(1),
        has_work: |app| Box::pin(import::has_work(app)),
        run: |held| Box::pin(import::run(held)),
    },
    Kind {
        name: "logs",
        every: Duration::from_secs(1),
        has_work: |app| Box::pin(logs::has_work(app)),
        run: |held| Box::pin(logs::run(held)),
    },
    Kind {
        name: "recover",
        every: Duration::from_secs(1),
        has_work: |app| Box::pin(recover::has_work(app)),
        run: |held| Box::pin(recover::run(held)),
    },
    Kind { name: "rotate", every: Duration::from_secs(3600), has_work: always, run: |held| Box::pin(rotate::run(held)) },
    Kind {
        name: "senders",
        every: Duration::from_secs(1),
        has_work: |app| Box::pin(senders::has_work(app)),
        run: |held| Box::pin(senders::run(held)),
    },
    Kind { name: "sweep", every: Duration::from_secs(20), has_work: always, run: |held| Box::pin(sweep::run(held)) },
];

/// Of jobs that look for their work themselves.
fn always(_: &App) -> LocalBoxFuture<'_, Result<bool, StoreError>> {
    Box::pin(std::future::ready(Ok(true)))
}
