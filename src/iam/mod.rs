//! The pure rules of IAM: names of things, and who a caller is.

pub mod arn;
pub mod caller;
pub mod entity;
