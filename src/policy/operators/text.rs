//! String, Bool and Binary operators.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Operand;
use crate::policy::context::ContextMap;
use crate::policy::pattern::{Case, Wildcards};

/// `*` and `?` are taken literally.
pub fn equals(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    Some(operand.pattern.matches(value, Wildcards::Literal, Case::Sensitive, context))
}

pub fn equals_ignore_case(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    Some(operand.pattern.matches(value, Wildcards::Literal, Case::Insensitive, context))
}

/// Wildcards cross colons.
pub fn like(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    Some(operand.pattern.matches(value, Wildcards::Free, Case::Sensitive, context))
}

pub fn boolean(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    let read = |text: &str| match text {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    Some(read(value)? == read(&operand.text)?)
}

/// Compares decoded base64.
pub fn binary(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(STANDARD.decode(value).ok()? == STANDARD.decode(&operand.text).ok()?)
}
