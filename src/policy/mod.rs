//! The IAM policy language: parse, decide, explain. Pure: no I/O, clock or store; usable as a library.
//!
//! Source of every rule, where no other is named: IAM user guide, "IAM JSON policy reference" and "Policy evaluation logic".

mod ast;
mod context;
mod eval;
mod explain;
mod index;
mod json;
mod operators;
mod parse;
mod pattern;
mod principal;
mod service_rules;
mod set;

pub use ast::{Effect, Policy};
pub use context::ContextMap;
pub use eval::{Decision, Judgement, MatchedStatement, Policies, PolicySource, Request, Verdict, decide, judge};
pub use explain::{FailedStatement, explain};
pub use json::Position;
pub use parse::{MAX_POLICY_BYTES, ParseError, PolicyKind, parse, parse_as};
pub use principal::Principal;
pub use set::{NamedPolicy, PolicySet};

#[cfg(test)]
mod tests;
