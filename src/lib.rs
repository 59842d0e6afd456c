//! Passwright: a self-hosted auth and token service that speaks the wire protocols of Amazon Cognito, STS and IAM.

pub mod kit;
pub mod store;
pub mod crypto;
pub mod tokens;
pub mod wire;
pub mod sigv4;
