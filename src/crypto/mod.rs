//! What secrets are made of, how they rest and how they are compared. Pure: keys, time and chance are arguments.

pub mod argon2;
pub mod cbor;
pub mod cose;
pub mod digest;
pub mod encryption_sdk;
pub mod ids;
pub mod imported;
pub mod password;
pub mod seal;
pub mod sealed;
pub mod srp;
pub mod totp;
pub mod webhook;
