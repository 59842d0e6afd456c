//! The connection to the database, and the one way to change it: [`Db::write`].

use std::collections::BTreeSet;
use std::mem;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{Database, Postgres, Sqlite, Transaction};

use super::changes::{self, Change, Journal};
use super::{StoreError, embedded, migrate};
use crate::kit::cache::Confirmation;
use crate::kit::clock::{Clock, SystemClock, Timestamp};
use crate::kit::id::UserPoolId;

/// How often a transaction is run before contention is given up on. The pauses between add up to about a second.
const WRITE_ATTEMPTS: u32 = 12;

/// How long a statement waits for another process that holds the SQLite file.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A reader waits for its worker while that signs: with few readers the other workers would wait too.
const SQLITE_READERS: u32 = 16;

/// How often records of changes are read, when nothing tells that there are new ones.
const POLL_EVERY: Duration = Duration::from_millis(250);

/// How long reading them may take before its connection is given up for a new one.
const POLL_TIMEOUT: Duration = Duration::from_secs(2);

/// How long after a failure to listen it is tried again: without, polling finds everything, only later.
const LISTEN_AGAIN: Duration = Duration::from_secs(10);

/// What nodes tell each other that there are records to read by.
const CHANNEL: &str = "passwright_changes";

/// The database of this node.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    clock: Arc<dyn Clock>,
    pub(super) journal: Arc<Journal>,
    /// What was run, for tests that compare work.
    #[cfg(test)]
    pub(crate) work: Work,
}

/// The places of the statements that were run, in order, and where transactions began.
#[cfg(test)]
pub(crate) type Work = Arc<std::sync::Mutex<Vec<&'static str>>>;

/// Connections. Those of `follower` serve nothing but hearing of changes, so that a busy node still hears of them.
#[derive(Clone, Debug)]
enum Pools {
    /// One writer and some readers on one file, in WAL mode with durable commits.
    Sqlite {
        /// Had by this process until it ends.
        _owned: Arc<embedded::Owned>,
        /// Exactly one connection: SQLite has one writer at a time.
        writer: SqlitePool,
        /// Connections that cannot write.
        readers: SqlitePool,
        follower: SqlitePool,
    },
    /// PostgreSQL or what speaks its protocol.
    Postgres { pool: PgPool, follower: PgPool },
}

impl Db {
    /// Opens `sqlite://PATH`, for this process alone, or `postgres://…`, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the address is of neither kind, out of reach, another process's, or holds another schema.
    pub async fn open(url: &str, max_connections: u32) -> Result<Self, StoreError> {
        let pools = if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?;
            let pool = PgPoolOptions::new().max_connections(max_connections).connect_with(options.clone()).await?;
            migrate::for_postgres().run(&pool).await?;
            // One connection reads, one listens.
            Pools::Postgres { pool, follower: PgPoolOptions::new().max_connections(2).connect_lazy_with(options) }
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(StoreError::UnknownDatabase(scheme.to_owned()));
        };
        Ok(Self {
            pools,
            clock: Arc::new(SystemClock),
            journal: Arc::new(Journal::new()),
            #[cfg(test)]
            work: Work::default(),
        })
    }

    async fn open_sqlite(url: &str) -> Result<Pools, StoreError> {
        // What is in memory is each connection's own.
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::UnknownDatabase(url.to_owned()));
        }
        let options = SqliteConnectOptions::from_str(url)?;
        let (path, owned) = embedded::own(options.get_filename())?;
        let options = options
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(SQLITE_BUSY_TIMEOUT);
        let pool = |size| PoolOptions::<Sqlite>::new().max_connections(size).idle_timeout(None).max_lifetime(None);
        let writer = pool(1).connect_with(options.clone()).await?;
        migrate::for_sqlite().run(&writer).await?;
        let reading = options.pragma("query_only", "ON");
        let readers = pool(SQLITE_READERS).connect_with(reading.clone()).await?;
        Ok(Pools::Sqlite { _owned: Arc::new(owned), writer, readers, follower: pool(1).connect_lazy_with(reading) })
    }

    /// The same database, its transactions and its records of changes timed by this clock.
    #[must_use]
    pub fn timed_by(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Names who is told what was changed, here and on other nodes; the first to ask is the only one. What is held of that
    /// which changes is to be believed as the answer tells.
    pub fn on_change(&self, listener: impl Fn(&Change) + Send + Sync + 'static) -> Arc<Confirmation> {
        self.journal.listen(Box::new(listener))
    }

    /// Which database it is, by its own name.
    #[must_use]
    pub fn dialect(&self) -> &'static str {
        match &self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Runs `body` on a connection for reading. Each statement sees the database as it is at that moment; what must be
    /// consistent across statements belongs in [`Db::write`] or in one statement.
    ///
    /// # Errors
    /// Those of `body`, and of getting a connection.
    pub async fn read<T, E: From<StoreError>>(&self, body: impl AsyncFnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let link = match &self.pools {
            Pools::Sqlite { readers, .. } => Link::Sqlite(Handle::Pooled(readers.acquire().await.map_err(StoreError::from)?)),
            Pools::Postgres { pool, .. } => Link::Postgres(Handle::Pooled(pool.acquire().await.map_err(StoreError::from)?)),
        };
        body(&mut self.conn(link)).await
    }

    /// Runs `body` as one serializable transaction: commits on `Ok`, rolls back on `Err`, reruns on a serialization
    /// failure or deadlock, and once on a duplicate. The body may run several times, so it has no effect but rows. What it
    /// changed of that which caches hold is recorded with it, and this node's caches forget it before the answer.
    ///
    /// # Errors
    /// Those of `body`, of the commit, and [`StoreError::Contention`] when reruns did not help.
    pub async fn write<T, E: From<StoreError>>(&self, body: impl AsyncFn(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut duplicates = 0;
        for attempt in 0..WRITE_ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(pause_before(attempt)).await;
            }
            let mut conn = self.begin().await?;
            let outcome = body(&mut conn).await;
            duplicates += u32::from(conn.met_a_duplicate);
            let reruns = conn.serialization_failed || conn.met_a_duplicate && duplicates == 1;
            if reruns || outcome.is_err() {
                conn.roll_back().await;
                if reruns {
                    continue;
                }
                return outcome;
            }
            let value = outcome?;
            match self.commit(conn).await? {
                Commit::Done => return Ok(value),
                Commit::Refused => {}
            }
        }
        Err(StoreError::Contention { attempts: WRITE_ATTEMPTS }.into())
    }

    /// Hears of what is changed, by this node and by others, for ever. A node that cannot distrusts its caches, which is
    /// slower and as right.
    pub async fn follow(&self) {
        futures_util::future::join(self.poll(), self.listen()).await;
    }

    /// Reads what has been changed since the last time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.catch_up_on(&mut None).await
    }

    /// Waits until no connection is in use, then closes them all.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, follower, .. } => {
                follower.close().await;
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, follower } => {
                follower.close().await;
                pool.close().await;
            }
        }
    }

    async fn begin(&self) -> Result<Conn, StoreError> {
        let link = match &self.pools {
            Pools::Sqlite { writer, .. } => Link::Sqlite(Handle::Transaction(writer.begin_with("BEGIN IMMEDIATE").await?)),
            Pools::Postgres { pool, .. } => Link::Postgres(Handle::Transaction(begun(pool.clone()).await?)),
        };
        let conn = self.conn(link);
        #[cfg(test)]
        conn.ran("begin");
        Ok(conn)
    }

    fn conn(&self, link: Link) -> Conn {
        Conn {
            began: self.clock.now(),
            #[cfg(test)]
            work: Arc::clone(&self.work),
            ..Conn::new(link)
        }
    }

    async fn commit(&self, mut conn: Conn) -> Result<Commit, StoreError> {
        let changes = mem::take(&mut conn.changes);
        if changes.is_empty() {
            return conn.commit().await;
        }
        let held = self.journal.hold().await;
        if let Err(error) = changes::append(&mut conn, &held.next(), &changes, self.clock.now()).await {
            let reruns = conn.serialization_failed;
            conn.roll_back().await;
            held.rolled_back();
            return if reruns { Ok(Commit::Refused) } else { Err(error) };
        }
        // An error leaves the outcome unknown: `held` falls, and with it the stream. Readers find the record if there is one.
        let commit = conn.commit().await?;
        match commit {
            Commit::Refused => held.rolled_back(),
            Commit::Done => {
                held.committed();
                changes.iter().for_each(|change| self.journal.tell(change));
                self.notify();
            }
        }
        Ok(commit)
    }

    /// Tells other nodes that there is something to read. It is a courtesy after the commit: who misses it polls, and where
    /// the server knows no NOTIFY nothing fails.
    fn notify(&self) {
        let Pools::Postgres { pool, .. } = &self.pools else { return };
        let pool = pool.clone();
        tokio::spawn(async move {
            if let Err(error) = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&pool).await {
                tracing::debug!(%error, "other nodes were not told of a change");
            }
        });
    }

    async fn poll(&self) {
        let (mut conn, mut hears) = (None, true);
        loop {
            let heard = tokio::time::timeout(POLL_TIMEOUT, self.catch_up_on(&mut conn)).await;
            let failure = match heard {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("the database does not answer".to_owned()),
            };
            match failure {
                Some(error) => {
                    conn = None;
                    if mem::replace(&mut hears, false) {
                        tracing::warn!(%error, "changes by other nodes are not heard of: caches are distrusted");
                    }
                }
                None if !mem::replace(&mut hears, true) => tracing::info!("changes by other nodes are heard of again"),
                None => {}
            }
            let _ = tokio::time::timeout(POLL_EVERY, self.journal.wake.notified()).await;
        }
    }

    /// Reads on a connection that is kept from one reading to the next, and closed with what fails on it.
    async fn catch_up_on(&self, kept: &mut Option<Conn>) -> Result<(), StoreError> {
        let began = self.clock.now();
        let conn = match kept {
            Some(conn) => conn,
            None => kept.insert(Conn::new(match &self.pools {
                Pools::Sqlite { follower, .. } => Link::Sqlite(Handle::Pooled(closing(follower.acquire().await?))),
                Pools::Postgres { follower, .. } => Link::Postgres(Handle::Pooled(closing(follower.acquire().await?))),
            })),
        };
        changes::catch_up(conn, &self.journal, began).await
    }

    async fn listen(&self) {
        let Pools::Postgres { follower, .. } = &self.pools else { return };
        loop {
            if let Err(error) = self.listen_on(follower).await {
                tracing::debug!(%error, "not told of changes by other nodes: polling finds them");
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    }

    async fn listen_on(&self, follower: &PgPool) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(follower).await?;
        listener.listen(CHANNEL).await?;
        loop {
            listener.recv().await?;
            self.journal.wake.notify_one();
        }
    }
}

/// A transaction that has begun. SECURITY: sqlx undoes no BEGIN whose answer nobody waited for, and the connection would go back with
/// its transaction open: who reads on it sees the past, and no revocation since. So that whoever is given up in mid-request cannot
/// leave one, it is waited for on a task of its own; what that task has begun, and nobody takes, falls, which rolls it back.
async fn begun(pool: PgPool) -> Result<Transaction<'static, Postgres>, StoreError> {
    let beginning = tokio::spawn(async move { pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await });
    Ok(beginning.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
}

/// The pause before another attempt: longer each time, and not as long as that of whoever was met.
fn pause_before(attempt: u32) -> Duration {
    let longest = 1 << attempt.min(8);
    Duration::from_millis(rand::random_range(longest / 2..=longest))
}

fn closing<DB: Database>(mut connection: PoolConnection<DB>) -> PoolConnection<DB> {
    connection.close_on_drop();
    connection
}

/// What became of a transaction that was to be committed.
enum Commit {
    Done,
    /// It met another, and is rolled back.
    Refused,
}

/// A connection on loan: to a reader, or with a transaction under way. The `on!` macro runs statements on it.
pub struct Conn {
    link: Link,
    serialization_failed: bool,
    /// Whether a row was met, on PostgreSQL, that the transaction cannot see: what it asked before may have said that there is none.
    ///
    /// Source: PostgreSQL documentation, "Serialization Failure Handling": such a failure may come as a unique violation.
    met_a_duplicate: bool,
    changes: BTreeSet<Change>,
    began: Timestamp,
    opened: Option<(UserPoolId, Timestamp)>,
    #[cfg(test)]
    work: Work,
}

/// The driver behind a [`Conn`].
pub(super) enum Link {
    Sqlite(Handle<Sqlite>),
    Postgres(Handle<Postgres>),
}

pub(super) enum Handle<DB: Database> {
    Pooled(PoolConnection<DB>),
    Transaction(Transaction<'static, DB>),
}

impl<DB: Database> Handle<DB> {
    pub(super) fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Transaction(transaction) => transaction,
        }
    }
}

impl Conn {
    fn new(link: Link) -> Self {
        Self {
            link,
            serialization_failed: false,
            met_a_duplicate: false,
            changes: BTreeSet::new(),
            began: Timestamp::default(),
            opened: None,
            #[cfg(test)]
            work: Work::default(),
        }
    }

    /// When the transaction began: all that it changes of what users are, it changes at one moment.
    pub(super) const fn began(&self) -> Timestamp {
        self.began
    }

    /// The moment at which the transaction changes what the users of a pool are, once [`Conn::open`] has said that it may.
    pub(super) fn opened(&self, pool_id: &UserPoolId) -> Option<Timestamp> {
        self.opened.as_ref().filter(|(opened, _)| opened == pool_id).map(|(_, moment)| *moment)
    }

    /// Says that the transaction may change what the users of a pool are, and at which moment it does.
    pub(super) fn open(&mut self, pool_id: &UserPoolId, moment: Timestamp) {
        self.opened = Some((pool_id.clone(), moment));
    }

    /// Notes what was run.
    #[cfg(test)]
    pub(super) fn ran(&self, place: &'static str) {
        self.work.lock().unwrap().push(place);
    }

    pub(super) const fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Notes on the connection what the outcome says of the transaction: the body may turn the error into whatever it
    /// likes, [`Db::write`] reruns it all the same.
    pub(super) fn note<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        outcome.map_err(|error| {
            self.serialization_failed |= is_serialization_failure(&error);
            self.met_a_duplicate |= is_duplicate_on_postgres(&error);
            error.into()
        })
    }

    /// Says what the transaction changes of that which caches hold. Once is enough.
    pub(super) fn changed(&mut self, change: Change) {
        self.changes.insert(change);
    }

    /// Ends the transaction before anything else happens: one that is only dropped keeps its locks until its connection is used
    /// again. A connection on which even this fails is closed, and the server rolls back by itself.
    async fn roll_back(self) {
        let outcome = match self.link {
            Link::Sqlite(Handle::Transaction(transaction)) => transaction.rollback().await,
            Link::Postgres(Handle::Transaction(transaction)) => transaction.rollback().await,
            Link::Sqlite(Handle::Pooled(_)) | Link::Postgres(Handle::Pooled(_)) => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "a transaction was not rolled back by us");
        }
    }

    async fn commit(self) -> Result<Commit, StoreError> {
        let outcome = match self.link {
            Link::Sqlite(Handle::Transaction(transaction)) => transaction.commit().await,
            Link::Postgres(Handle::Transaction(transaction)) => transaction.commit().await,
            Link::Sqlite(Handle::Pooled(_)) | Link::Postgres(Handle::Pooled(_)) => Ok(()),
        };
        match outcome {
            Ok(()) => Ok(Commit::Done),
            Err(error) if is_serialization_failure(&error) => Ok(Commit::Refused),
            Err(error) => Err(error.into()),
        }
    }
}

/// 23505 `unique_violation`. SQLite, which has one writer, shows each transaction all that there is.
fn is_duplicate_on_postgres(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some("23505")
}

/// PostgreSQL: 40001 `serialization_failure`, 40P01 `deadlock_detected`. SQLite: 5 `SQLITE_BUSY` and its kinds.
fn is_serialization_failure(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "261" | "517"))
}
