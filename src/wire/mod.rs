//! Bytes to typed operations and back: the AWS protocols, driven by the AWS interface models.

pub mod json11;
pub mod model;
mod pattern;
pub mod query;
pub mod validate;
pub mod xml;
