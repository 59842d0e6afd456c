//! The IAM policy language: parse, decide, explain. Pure: no I/O, clock or store; usable as a library.
//!
//! Source of every rule, where no other is named: IAM user guide, "IAM JSON policy reference" and "Policy evaluation logic".

mod ast;
pub mod canonical;
pub mod catalogue;
mod context;
mod eval;
mod explain;
mod index;
mod json;
mod matcher;
mod operators;
mod parse;
mod pattern;
mod principal;
mod rewrite;
mod service_rules;
mod set;
pub mod validate;
mod weight;

pub use ast::{Effect, Policy};
pub use context::ContextMap;
pub use eval::{Decision, Judgement, MatchedStatement, Policies, PolicySource, Request, Verdict, decide, judge};
pub use explain::{FailedStatement, explain};
pub use json::Position;
pub use parse::{MAX_POLICY_BYTES, ParseError, PolicyKind, parse, parse_as};
pub use principal::{Principal, is_account};
pub use rewrite::{aws_principals, replace_aws_principals};
pub use set::{NamedPolicy, PolicySet};
pub use weight::{LONG_WEIGHT, MAX_WEIGHT, weight};

#[cfg(test)]
mod tests;
