//! The checks, one family a file.

mod actions;
mod addresses;
mod arns;
mod conditions;
mod elements;
mod keys;
mod organizations;
mod principals;
mod redundant;
mod risky_actions;
mod service_principals;
mod syntax;
mod tags;
mod trust;
mod values;
mod variables;

use super::check::Check;

const FAMILIES: [&[Check]; 15] = [
    &syntax::CHECKS,
    &elements::CHECKS,
    &actions::CHECKS,
    &arns::CHECKS,
    &principals::CHECKS,
    &conditions::CHECKS,
    &keys::CHECKS,
    &values::CHECKS,
    &addresses::CHECKS,
    &variables::CHECKS,
    &risky_actions::CHECKS,
    &organizations::CHECKS,
    &tags::CHECKS,
    &service_principals::CHECKS,
    &trust::CHECKS,
];

/// Every check.
pub fn all() -> impl Iterator<Item = &'static Check> {
    FAMILIES.into_iter().flatten()
}
