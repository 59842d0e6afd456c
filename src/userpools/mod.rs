//! The pure rules of user pools: no store, no clock, no wire.

pub mod attributes;
pub mod branding;
pub mod challenge;
pub mod client;
pub mod domain;
pub mod group;
pub mod hosted_css;
pub mod identity_provider;
pub mod image;
pub mod import;
pub mod linked_identity;
pub mod lockout;
pub mod message;
pub mod name;
pub mod password_policy;
pub mod pool;
pub mod signing_keys;
pub mod terms;
pub mod unseen;
pub mod user;
pub mod web_address;
