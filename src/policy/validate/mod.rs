//! Validation: what is wrong, dangerous or clumsy in a policy, by the checks of AWS's `ValidatePolicy`.
//!
//! Source of every check: IAM user guide, "IAM policy validation check reference", whose codes these are. A check is one
//! row in a table of `checks/`, and a policy that triggers it and one that nearly does in `cases.json`.

mod check;
mod checks;
mod document;
mod finding;
mod operator;
mod place;
mod run;

pub use finding::{Finding, FindingKind, Location, Options, PathElement, Position, ResourceType, Span, ValidatedType};
pub use run::{issue_codes, validate};

#[cfg(test)]
mod tests;
