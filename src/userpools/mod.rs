//! The pure rules of user pools: no store, no clock, no wire.

pub mod attributes;
pub mod challenge;
pub mod client;
pub mod common_passwords;
pub mod group;
pub mod lambda_config;
pub mod lockout;
pub mod message;
pub mod message_text;
pub mod name;
pub mod password_policy;
pub mod password_rules;
pub mod pool;
pub mod recovery;
pub mod signing_keys;
pub mod unseen;
pub mod user;
