//! Passwright: a self-hosted auth and token service that speaks the wire protocols of Amazon Cognito, STS and IAM.
//!
//! Each room looks down, never up: `http` to `wire` to `services` and `decisions`, to `flows`, to `authz`, `tokens` and
//! `delivery`, to `store`. The pure rooms (`userpools`, `identitypools`, `iam`, `policy`, `crypto`, `sigv4`) know no I/O.

pub mod authz;
pub mod cli;
pub mod config;
pub mod context;
pub mod crypto;
pub mod decisions;
pub mod delivery;
pub mod flows;
pub mod http;
pub mod iam;
pub mod identitypools;
pub mod kit;
#[macro_use]
pub mod operation;
pub mod policy;
pub mod services;
pub mod sigv4;
pub mod startup;
pub mod store;
#[cfg(test)]
pub mod testing;
pub mod tokens;
pub mod userpools;
pub mod wire;
