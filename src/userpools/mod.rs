//! The pure rules of user pools: no store, no clock, no wire.

pub mod attributes;
pub mod challenge;
pub mod cimd;
pub mod client;
pub mod group;
pub mod limits;
pub mod lockout;
pub mod log_delivery;
pub mod message;
pub mod name;
pub mod password_policy;
pub mod pool;
pub mod replica;
pub mod risk;
pub mod signing_keys;
pub mod tags;
pub mod unseen;
pub mod user;
