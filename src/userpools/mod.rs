//! The pure rules of user pools: no store, no clock, no wire.

pub mod attributes;
pub mod challenge;
pub mod client;
pub mod first_factor;
pub mod group;
pub mod lockout;
pub mod message;
pub mod name;
pub mod password_policy;
pub mod pool;
pub mod second_factor;
pub mod signing_keys;
pub mod unseen;
pub mod user;
pub mod web_authn;
