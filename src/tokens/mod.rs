//! The JWTs of a user pool: made, published, verified.

pub mod claims;
pub mod keys;
mod provider;
pub mod verify;
