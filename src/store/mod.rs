//! The database: one SQL text for SQLite and PostgreSQL, one file an aggregate. SQL lives here only.

#[macro_use]
mod on;

pub mod db;
pub mod doc;
pub mod error;
mod migrate;

pub use db::{Conn, Db};
pub use error::StoreError;
