//! String, Bool, Null and Binary operators.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Operand;
use crate::policy::context::ContextMap;
use crate::policy::pattern::{Case, MalformedVariable, Pattern, Variables, Wildcards};

/// `*` and `?` are taken literally.
pub fn literal(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    Pattern::new(text, Wildcards::Literal, variables).map(Operand::Text)
}

/// Wildcards cross colons.
pub fn pattern(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    Pattern::new(text, Wildcards::Free, variables).map(Operand::Text)
}

pub fn equals(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    compare(value, operand, context, Case::Sensitive)
}

pub fn equals_ignore_case(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    compare(value, operand, context, Case::Insensitive)
}

fn compare(value: &str, operand: &Operand, context: &ContextMap, case: Case) -> Option<bool> {
    let Operand::Text(pattern) = operand else { return None };
    pattern.compare(value, case, context)
}

pub fn truth(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Truth(read_truth(text)))
}

/// A text with variables stays one until they have their values.
pub fn truth_or_variable(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    let whole = Pattern::new(text, Wildcards::Literal, variables)?;
    if whole.has_variables() { Ok(Operand::Text(whole)) } else { truth(text, variables) }
}

pub fn same_truth(value: &str, operand: &Operand, context: &ContextMap) -> Option<bool> {
    let wanted = match operand {
        Operand::Truth(wanted) => (*wanted)?,
        Operand::Text(pattern) if pattern.compare("true", Case::Insensitive, context)? => true,
        Operand::Text(pattern) if pattern.compare("false", Case::Insensitive, context)? => false,
        _ => return None,
    };
    Some(read_truth(value)? == wanted)
}

const fn read_truth(text: &str) -> Option<bool> {
    match text {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Compares decoded base64.
pub fn base64(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Bytes(STANDARD.decode(text).ok()))
}

pub fn same_bytes(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    let Operand::Bytes(wanted) = operand else { return None };
    Some(STANDARD.decode(value).ok()? == *wanted.as_ref()?)
}
