//! The connection to the database, and the one way to change it: [`Db::write`].

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{Database, Postgres, Sqlite, Transaction};

use super::{StoreError, migrate};

/// How often a transaction is run before contention is given up on. The pauses between add up to about two seconds.
const WRITE_ATTEMPTS: u32 = 12;

/// How long a statement waits for another process that holds the SQLite file.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A reader waits for its worker while that signs: with few readers the other workers would wait too.
const SQLITE_READERS: u32 = 16;

/// The database of this node.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer and some readers on one file, in WAL mode with durable commits.
    Sqlite {
        /// Exactly one connection: SQLite has one writer at a time.
        writer: SqlitePool,
        /// Connections that cannot write.
        readers: SqlitePool,
    },
    /// A pool of connections to PostgreSQL or what speaks its protocol.
    Postgres(PgPool),
}

impl Db {
    /// Opens `sqlite://PATH` or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the address is of neither kind, out of reach, or holds another schema.
    pub async fn open(url: &str, max_connections: u32) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?;
            let pool = PgPoolOptions::new().max_connections(max_connections).connect_with(options).await?;
            migrate::for_postgres().run(&pool).await?;
            Ok(Self::Postgres(pool))
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            Err(StoreError::UnknownDatabase(scheme.to_owned()))
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(SQLITE_BUSY_TIMEOUT);
        let pool = |size| PoolOptions::<Sqlite>::new().max_connections(size).idle_timeout(None).max_lifetime(None);
        let writer = pool(1).connect_with(options.clone()).await?;
        migrate::for_sqlite().run(&writer).await?;
        let readers = pool(SQLITE_READERS).connect_with(options.create_if_missing(false).pragma("query_only", "ON")).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Runs `body` on a connection for reading. Each statement sees the database as it is at that moment; what must be
    /// consistent across statements belongs in [`Db::write`] or in one statement.
    ///
    /// # Errors
    /// Those of `body`, and of getting a connection.
    pub async fn read<T, E: From<StoreError>>(&self, body: impl AsyncFnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let link = match self {
            Self::Sqlite { readers, .. } => Link::Sqlite(Handle::Pooled(readers.acquire().await.map_err(StoreError::from)?)),
            Self::Postgres(pool) => Link::Postgres(Handle::Pooled(pool.acquire().await.map_err(StoreError::from)?)),
        };
        body(&mut Conn::new(link)).await
    }

    /// Runs `body` as one serializable transaction: commits on `Ok`, rolls back on `Err`, reruns on a serialization
    /// failure or deadlock. The body may run several times, so it has no effect but rows.
    ///
    /// # Errors
    /// Those of `body`, of the commit, and [`StoreError::Contention`] when reruns did not help.
    pub async fn write<T, E: From<StoreError>>(&self, body: impl AsyncFn(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        for attempt in 0..WRITE_ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(1 << attempt.min(8))).await;
            }
            let mut conn = self.begin().await?;
            let outcome = body(&mut conn).await;
            if conn.serialization_failed {
                continue;
            }
            let value = outcome?;
            match conn.commit().await {
                Err(error) if is_serialization_failure(&error) => {}
                Err(error) => return Err(StoreError::from(error).into()),
                Ok(()) => return Ok(value),
            }
        }
        Err(StoreError::Contention { attempts: WRITE_ATTEMPTS }.into())
    }

    /// Waits until no connection is in use, then closes them all.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    async fn begin(&self) -> Result<Conn, StoreError> {
        let link = match self {
            Self::Sqlite { writer, .. } => Link::Sqlite(Handle::Transaction(writer.begin_with("BEGIN IMMEDIATE").await?)),
            Self::Postgres(pool) => Link::Postgres(Handle::Transaction(pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await?)),
        };
        Ok(Conn::new(link))
    }
}

/// A connection on loan: to a reader, or with a transaction under way. The `on!` macro runs statements on it.
pub struct Conn {
    link: Link,
    serialization_failed: bool,
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
    const fn new(link: Link) -> Self {
        Self { link, serialization_failed: false }
    }

    pub(super) const fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Notes on the connection what the outcome says of the transaction: the body may turn the error into whatever it
    /// likes, [`Db::write`] reruns it all the same.
    pub(super) fn note<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        outcome.map_err(|error| {
            self.serialization_failed |= is_serialization_failure(&error);
            error.into()
        })
    }

    async fn commit(self) -> Result<(), sqlx::Error> {
        match self.link {
            Link::Sqlite(Handle::Transaction(transaction)) => transaction.commit().await,
            Link::Postgres(Handle::Transaction(transaction)) => transaction.commit().await,
            Link::Sqlite(Handle::Pooled(_)) | Link::Postgres(Handle::Pooled(_)) => Ok(()),
        }
    }
}

/// PostgreSQL: 40001 `serialization_failure`, 40P01 `deadlock_detected`. SQLite: 5 `SQLITE_BUSY` and its kinds.
fn is_serialization_failure(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "261" | "517"))
}
