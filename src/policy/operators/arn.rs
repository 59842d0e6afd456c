//! ARN operators: each of the six colon-delimited components is compared by itself. ArnEquals is ArnLike.

use super::Operand;
use crate::policy::context::ContextMap;
use crate::policy::pattern::{Case, Item, Wildcards, matches};

pub fn like(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    let Some(items) = operand.pattern.resolve(Wildcards::Free, context) else { return Some(false) };
    let mut patterns = items.splitn(6, |item| *item == Item::Char(':'));
    let mut values = value.splitn(6, ':');
    // Six components on both sides, and the pair that ends early ends the comparison.
    for _ in 0..6 {
        match (patterns.next(), values.next()) {
            (Some(pattern), Some(value)) if matches(pattern, value, Case::Sensitive) => {}
            _ => return Some(false),
        }
    }
    Some(true)
}
