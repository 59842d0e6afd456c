//! Bytes to typed operations and back: the AWS protocols, driven by the AWS interface models.

pub mod dispatch;
pub mod fault;
#[cfg(test)]
mod fuzz;
mod json11;
pub mod model;
mod pattern;
#[cfg(test)]
mod pools;
mod query;
pub mod rest_json;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tests;
mod validate;
mod xml;
