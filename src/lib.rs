//! Passwright: a self-hosted auth and token service that speaks the wire protocols of Amazon Cognito, STS and IAM.

pub mod crypto;
pub mod iam;
pub mod identitypools;
pub mod kit;
pub mod policy;
pub mod sigv4;
pub mod store;
pub mod tokens;
pub mod userpools;
pub mod wire;
