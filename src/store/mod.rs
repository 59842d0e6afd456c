//! The database: one SQL text for SQLite and PostgreSQL, one file an aggregate. SQL lives here only.

#[macro_use]
mod on;

pub mod attempts;
pub mod audit;
pub mod changes;
pub mod client_metadata;
pub mod codes;
#[cfg(test)]
mod conformance;
pub mod console_sessions;
pub mod db;
pub mod deployment;
mod doc;
mod embedded;
pub mod error;
pub mod expired;
pub mod groups;
pub mod iam;
pub mod identity_pools;
pub mod jobs;
#[cfg(test)]
pub mod leftovers;
pub mod message_budgets;
mod migrate;
pub mod names;
pub mod nodes;
pub mod outbox;
pub mod pool_services;
pub mod replicas;
pub mod risk;
pub mod signing_keys;
#[cfg(test)]
pub mod template;
pub mod tokens;
mod types;
pub mod user_pools;
pub mod user_secrets;
pub mod users;

pub use db::{Conn, Db};
pub use error::StoreError;
