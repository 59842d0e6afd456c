//! Numeric operators. What is no number cannot be compared.

use std::cmp::Ordering;

use super::{Kind, Operand, Reading};
use crate::policy::context::Value;
use crate::policy::pattern::{MalformedVariable, Variables};

/// A number as conditions compare it: whole numbers exactly, others as floating point.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    Whole(i128),
    Real(f64),
}

pub fn prepare(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Read(Reading::of(Kind::Number, text)))
}

pub fn compare(value: &Value, operand: &Operand) -> Option<Ordering> {
    let (Reading::Number(Some(value)), Operand::Read(Reading::Number(Some(wanted)))) = (value.read(Kind::Number), operand) else {
        return None;
    };
    match (*value, *wanted) {
        (Number::Whole(left), Number::Whole(right)) => Some(left.cmp(&right)),
        (left, right) => real(left).partial_cmp(&real(right)),
    }
}

pub fn read(text: &str) -> Option<Number> {
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
