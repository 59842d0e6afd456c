//! The pure rules of IAM: names of things, who a caller is, and what simulated policies decide.

pub mod arn;
pub mod attached;
pub mod aws_policies;
pub mod caller;
pub mod context_entry;
pub mod entity;
pub mod login;
pub mod managed_policy;
pub mod mfa;
pub mod oidc_provider;
pub mod origin;
pub mod service_names;
pub mod session_tags;
pub mod simulation;
pub mod statement_place;
pub mod uses;
