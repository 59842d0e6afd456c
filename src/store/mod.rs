//! The database: one SQL text for SQLite and PostgreSQL, one file an aggregate. SQL lives here only.

#[macro_use]
mod on;

pub mod attempts;
pub mod audit;
pub mod auth_events;
pub mod authorization_codes;
pub mod branding;
pub mod browser_sessions;
pub mod changes;
pub mod client_metadata;
pub mod client_secrets;
pub mod codes;
#[cfg(test)]
mod conformance;
pub mod console_sessions;
pub mod db;
pub mod deployment;
pub mod device_authorizations;
pub mod devices;
mod doc;
pub mod domains;
mod embedded;
pub mod error;
pub mod expired;
pub mod federation_requests;
pub mod groups;
pub mod iam;
pub mod identity_pools;
pub mod identity_providers;
pub mod jobs;
#[cfg(test)]
pub mod leftovers;
pub mod message_budgets;
mod migrate;
pub mod names;
pub mod nodes;
pub mod outbox;
pub mod password_history;
pub mod pending_addresses;
pub mod pool_logs;
pub mod pool_services;
pub mod recoveries;
pub mod replicas;
pub mod resource_servers;
pub mod risk;
pub mod sender_events;
pub mod sessions;
pub mod signing_keys;
pub mod spent_assertions;
#[cfg(test)]
pub mod template;
pub mod terms;
pub mod tokens;
mod types;
pub mod ui_customizations;
pub mod user_data;
pub mod user_identities;
pub mod user_imports;
pub mod user_pools;
pub mod user_secrets;
pub mod users;
pub mod web_authn;

pub use db::{Conn, Db};
pub use error::StoreError;
