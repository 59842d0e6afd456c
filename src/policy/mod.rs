//! The IAM policy language: parse, decide, explain. Pure: no I/O, clock or store; usable as a library.
//!
//! Source of every rule, where no other is named: IAM user guide, "IAM JSON policy reference" and "Policy evaluation logic".

mod ast;
pub mod catalogue;
mod context;
mod eval;
mod explain;
mod json;
mod operators;
mod parse;
mod pattern;
mod principal;
pub mod validate;

pub use ast::{Effect, Policy};
pub use context::ContextMap;
pub use eval::{Decision, MatchedStatement, NamedPolicy, Policies, Request, Verdict, decide, decide_trust};
pub use explain::{FailedStatement, explain};
pub use parse::{MAX_POLICY_BYTES, ParseError, PolicyKind, parse, parse_as};
pub use principal::Principal;

#[cfg(test)]
mod tests;
