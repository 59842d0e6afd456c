//! The checks, one family a file.

mod elements;
mod syntax;

use super::check::Check;

const FAMILIES: [&[Check]; 2] = [&syntax::CHECKS, &elements::CHECKS];

/// Every check.
pub fn all() -> impl Iterator<Item = &'static Check> {
    FAMILIES.into_iter().flatten()
}
