//! Numeric operators. What is no number cannot be compared.

use std::cmp::Ordering;

use super::Operand;
use crate::policy::pattern::{MalformedVariable, Variables};

/// A number as conditions compare it: whole numbers exactly, others as floating point.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    Whole(i128),
    Real(f64),
}

pub fn prepare(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Number(read(text)))
}

pub fn compare(value: &str, operand: &Operand) -> Option<Ordering> {
    let Operand::Number(wanted) = operand else { return None };
    match (read(value)?, (*wanted)?) {
        (Number::Whole(left), Number::Whole(right)) => Some(left.cmp(&right)),
        (left, right) => real(left).partial_cmp(&real(right)),
    }
}

fn read(text: &str) -> Option<Number> {
    let text = text.trim();
    let whole = text.parse().map(Number::Whole).ok();
    // Rust reads `inf` and `nan` as numbers, JSON and IAM don't.
    whole.or_else(|| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Number::Real))
}

const fn real(number: Number) -> f64 {
    match number {
        #[expect(clippy::cast_precision_loss, reason = "only where the other side is no whole number")]
        Number::Whole(whole) => whole as f64,
        Number::Real(real) => real,
    }
}
