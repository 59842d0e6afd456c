//! What can go wrong between us and the database; none of it is the caller's fault, but that a pool is being recovered.

use std::error::Error;
use std::path::PathBuf;

use crate::crypto::seal::SealError;

/// A failure of the store. The wire answers it as an internal error, with nothing but the request id.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or was out of reach.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what we never wrote.
    #[error("corrupt row: {table}.{column} of `{id}`")]
    CorruptRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        id: String,
    },
    /// The embedded database is another process's.
    #[error(
        "{file}: in use by {holder}. One process owns an embedded database: stop that one, or give this one a --data folder of its own; \
         several nodes share a PostgreSQL database (--database-url postgres://…)"
    )]
    InUse {
        /// The database.
        file: PathBuf,
        /// Who has it.
        holder: String,
    },
    /// A file of the embedded database that cannot be read or made.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A database URL of a kind we don't speak.
    #[error("`{0}` is not a database URL: `sqlite://PATH` or `postgres://…` is")]
    UnknownDatabase(String),
    /// A value that was to rest sealed could not be sealed.
    #[error("{0}")]
    Sealing(#[from] SealError),
    /// What users are is not changed while their pool is being recovered: whoever would change it is told so by the wire.
    #[error("changes to user data are paused while a point-in-time recovery of the user pool is in progress")]
    WritesPaused,
    /// A transaction met serialization failures until its patience ended.
    #[error("gave up after {attempts} serialization failures")]
    Contention {
        /// How often the transaction was run.
        attempts: u32,
    },
}

impl StoreError {
    /// A row that names its table, column and id, and says no more of its content.
    #[must_use]
    pub fn corrupt(table: &'static str, column: &'static str, id: &str) -> Self {
        Self::CorruptRow { table, column, id: id.to_owned() }
    }

    /// Whether something failed, however deep, because changes to users are paused: [`StoreError::WritesPaused`].
    #[must_use]
    pub fn tells_of_pause(error: &(dyn Error + 'static)) -> bool {
        std::iter::successors(Some(error), |&error| error.source()).any(|error| matches!(error.downcast_ref(), Some(Self::WritesPaused)))
    }

    /// Whether a unique index refused the write.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}
