//! The operations of each AWS service: one file an operation, one row a service's table.

pub mod access_analyzer;
pub mod cognito_identity;
pub mod cognito_idp;
pub mod iam;
pub mod sts;
