//! What users and sessions hold: the JWTs of a user pool, and the session tokens of temporary credentials.

pub mod certificate;
pub mod claims;
pub mod identity;
pub mod keys;
pub mod overrides;
pub(crate) mod provider;
pub mod session;
pub mod verify;
