//! What transactions changed of that which nodes hold in memory, and how every node hears of it.
//!
//! A store function that writes what caches hold says so on its connection (`Conn::changed`). The one way to write,
//! `Db::write`, records what was said in the same transaction and tells this node's caches after the commit. Every node reads
//! the records of all, its own included, a few times a second: `catch_up`.
//!
//! What is absent is cached nowhere: the insertion of something new is no change, unless it joins a set that is cached
//! whole (a pool's keys, somebody's policies).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard, Notify};

use super::{Conn, StoreError, doc};
use crate::crypto::ids;
use crate::kit::cache::Confirmation;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, ClientId, UniqueId, UserPoolId};
use crate::kit::rng::{EntropyRng, SystemEntropy};

/// How long a node may go on by what another has changed: the promise.
const BOUND: Duration = Duration::from_secs(1);

/// How long records are kept. Nodes whose clocks are further apart than half of it could miss some; signatures fail by then.
pub const KEPT: Duration = Duration::from_secs(600);

/// How many records are read at once.
const BATCH: i64 = 500;

/// What was changed. The names are the record's: a landed one never changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Change {
    /// All there is, or more than can be told.
    Everything,
    /// A user pool, by id.
    Pool(UserPoolId),
    /// An app client, by id.
    AppClient(ClientId),
    /// The signing keys of a pool, by its id.
    PoolKeys(UserPoolId),
    /// An access key or its holder, by the key's id.
    AccessKey(AccessKeyId),
    /// The policies of a user or role.
    Policies {
        /// Their account.
        account_id: AccountId,
        /// Their unique id (`AIDA…`, `AROA…`).
        owner_id: UniqueId,
    },
    /// The version that holds of a managed policy.
    ManagedPolicy {
        /// The policy's account.
        account_id: AccountId,
        /// Its unique id (`ANPA…`).
        policy_id: UniqueId,
    },
    /// What is provisioned for an account in a region.
    Limits {
        /// The account.
        account_id: AccountId,
        /// The region.
        region: String,
    },
}

/// How many records there are.
///
/// # Errors
/// [`StoreError`].
#[cfg(test)]
pub async fn count(tx: &mut Conn) -> Result<i64, StoreError> {
    scalar!(tx, fetch_one, i64, "SELECT CAST(COUNT(*) AS BIGINT) FROM configuration_changes", [])
}

/// Records what a transaction changed, as the record that follows a place in a stream.
pub(super) async fn append(tx: &mut Conn, place: &Place, changes: &BTreeSet<Change>, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO configuration_changes (stream, number, changes, changed_at) VALUES ($1, $2, $3, $4)";
    let changes = doc::to_text("configuration_changes", "changes", &place.stream, changes)?;
    execute!(tx, SQL, [&place.stream, place.number, changes, now.millis()]).map(drop)
}

/// Reads what has been recorded since the last time, tells the caches, and confirms that all before `now` was heard.
///
/// INVARIANT: no record is missed, however long its transaction took. A process holds its stream from the writing of a
/// record until the outcome of the commit ([`Journal::hold`]), so that the records of a stream become visible in the order of
/// their numbers: who has read number n has read all below it. Streams are read each by itself, so the order of commits
/// across them does not matter. A stream whose commit's outcome is unknown is never written again, so that a late
/// record of it is still its last.
pub(super) async fn catch_up(tx: &mut Conn, journal: &Journal, now: Timestamp) -> Result<(), StoreError> {
    const STREAMS: &str = "SELECT stream, CAST(MAX(number) AS BIGINT) FROM configuration_changes GROUP BY stream ORDER BY stream";
    let newest = fetch!(tx, fetch_all, (String, i64), STREAMS, [])?;
    // Who has not listened for long may have missed what was deleted meanwhile.
    let is_late = now.since(journal.confirmation.at()) > KEPT / 2;
    if is_late || !journal.has_begun() {
        journal.tell(&Change::Everything);
        journal.begin_at(newest);
    } else {
        for (stream, newest) in newest {
            read_stream(tx, journal, stream, newest).await?;
        }
    }
    journal.confirmation.confirm(now);
    Ok(())
}

async fn read_stream(tx: &mut Conn, journal: &Journal, stream: String, newest: i64) -> Result<(), StoreError> {
    const SQL: &str = "SELECT number, changes FROM configuration_changes WHERE stream = $1 AND number > $2 ORDER BY number LIMIT $3";
    let mut seen = journal.seen(&stream);
    while seen < newest {
        let rows = fetch!(tx, fetch_all, (i64, String), SQL, [&stream, seen, BATCH])?;
        let Some((last, _)) = rows.last() else {
            // Deleted since, unread.
            journal.tell(&Change::Everything);
            journal.note(stream, newest);
            return Ok(());
        };
        let last = *last;
        for (number, changes) in rows {
            let is_next = number == seen.saturating_add(1);
            // What a newer release has written may be of a kind that this one does not know.
            match serde_json::from_str::<Vec<Change>>(&changes) {
                Ok(changes) if is_next => changes.iter().for_each(|change| journal.tell(change)),
                _ => journal.tell(&Change::Everything),
            }
            seen = number;
        }
        journal.note(stream.clone(), last);
    }
    Ok(())
}

type Listener = Box<dyn Fn(&Change) + Send + Sync>;

/// A node's part in the records: where it writes, and what it has read.
pub(super) struct Journal {
    /// The last record of this process's stream; `None` before its first, and when the outcome of a commit is unknown.
    held: AsyncMutex<Option<Place>>,
    /// The last number read of each stream; `None` before the first reading.
    seen: Mutex<Option<HashMap<String, i64>>>,
    confirmation: Arc<Confirmation>,
    listener: OnceLock<Listener>,
    /// Told when there is something to read.
    pub(super) wake: Notify,
}

/// A record's place.
#[derive(Clone)]
pub(super) struct Place {
    stream: String,
    number: i64,
}

impl Place {
    /// Before the first record of a new stream.
    fn fresh() -> Self {
        Self { stream: ids::uuid(&mut EntropyRng(&SystemEntropy)), number: 0 }
    }

    /// The place after this.
    pub(super) fn next(&self) -> Self {
        Self { stream: self.stream.clone(), number: self.number.saturating_add(1) }
    }
}

/// The right to write the stream's next record, from its writing to the outcome of the commit. Dropped in between (by a
/// caller who hangs up), it leaves the stream behind: its outcome is unknown.
pub(super) struct Held<'a> {
    guard: MutexGuard<'a, Option<Place>>,
    last: Place,
}

impl Held<'_> {
    /// The place of the record to be written.
    pub(super) fn next(&self) -> Place {
        self.last.next()
    }

    /// The record is committed.
    pub(super) fn committed(mut self) {
        *self.guard = Some(self.last.next());
    }

    /// The record was certainly not committed: its number is free again.
    pub(super) fn rolled_back(mut self) {
        *self.guard = Some(self.last);
    }
}

impl Journal {
    pub(super) fn new() -> Self {
        Self {
            held: AsyncMutex::new(None),
            seen: Mutex::new(None),
            confirmation: Arc::new(Confirmation::new(BOUND)),
            listener: OnceLock::new(),
            wake: Notify::new(),
        }
    }

    /// Waits for the stream and takes it.
    pub(super) async fn hold(&self) -> Held<'_> {
        let mut guard = self.held.lock().await;
        let last = guard.take().unwrap_or_else(Place::fresh);
        Held { guard, last }
    }

    /// Names who is told of changes: once.
    pub(super) fn listen(&self, listener: Listener) -> Arc<Confirmation> {
        let _ = self.listener.set(listener);
        Arc::clone(&self.confirmation)
    }

    /// Tells of a change.
    pub(super) fn tell(&self, change: &Change) {
        if let Some(listener) = self.listener.get() {
            listener(change);
        }
    }

    fn has_begun(&self) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn begin_at(&self, newest: Vec<(String, i64)>) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(newest.into_iter().collect());
    }

    fn seen(&self, stream: &str) -> i64 {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().and_then(|seen| seen.get(stream)).copied().unwrap_or(0)
    }

    fn note(&self, stream: String, number: i64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get_or_insert_default().insert(stream, number);
    }
}

#[cfg(test)]
mod tests;
