//! Numeric operators. What is no number matches nothing.

use std::cmp::Ordering;

use super::Operand;
use crate::policy::context::ContextMap;

pub fn equals(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? == Ordering::Equal)
}

pub fn less(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? == Ordering::Less)
}

pub fn less_or_equal(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? != Ordering::Greater)
}

pub fn greater(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? == Ordering::Greater)
}

pub fn greater_or_equal(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? != Ordering::Less)
}

fn compare(value: &str, operand: &Operand) -> Option<Ordering> {
    let read = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    read(value)?.partial_cmp(&read(&operand.text)?)
}
