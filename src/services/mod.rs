//! The operations of each AWS service: one file an operation, one row a service's table.

pub mod access_analyzer;
pub mod cognito_identity;
pub mod cognito_idp;
pub mod iam;
pub mod operation;
pub mod sts;

/// Where the right to call an operation is judged.
#[derive(Debug, PartialEq, Eq)]
pub enum Judged {
    /// By the dispatcher, on this resource.
    On(String),
    /// By the operation itself.
    ByOperation,
}
