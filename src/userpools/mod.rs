//! The pure rules of user pools: no store, no clock, no wire.

pub mod attributes;
pub mod challenge;
pub mod client;
pub mod client_secret;
pub mod custom_id;
pub mod group;
pub mod lockout;
pub mod message;
pub mod name;
pub mod oauth_settings;
pub mod password_policy;
pub mod pool;
pub mod refresh_rotation;
pub mod resource_server;
pub mod signing_keys;
pub mod token_exchange;
pub mod unseen;
pub mod user;
