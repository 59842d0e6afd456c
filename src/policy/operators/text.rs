//! String, Bool, Null and Binary operators.

use super::{Kind, Operand, Reading};
use crate::policy::context::{ContextMap, Value};
use crate::policy::pattern::{Case, MalformedVariable, Pattern, Variables, Wildcards};

/// `*` and `?` are taken literally.
pub fn literal(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    Pattern::new(text, Wildcards::Literal, variables).map(Operand::Text)
}

/// Wildcards cross colons.
pub fn pattern(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    Pattern::new(text, Wildcards::Free, variables).map(Operand::Text)
}

pub fn equals(value: &Value, operand: &Operand, context: &ContextMap) -> Option<bool> {
    compare(value, operand, context, Case::Sensitive)
}

pub fn equals_ignore_case(value: &Value, operand: &Operand, context: &ContextMap) -> Option<bool> {
    compare(value, operand, context, Case::Insensitive)
}

fn compare(value: &Value, operand: &Operand, context: &ContextMap, case: Case) -> Option<bool> {
    let Operand::Text(pattern) = operand else { return None };
    pattern.compare(value.text(), case, context)
}

pub fn truth(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Truth(read_truth(text)))
}

/// A text with variables stays one until they have their values.
pub fn truth_or_variable(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    let whole = Pattern::new(text, Wildcards::Literal, variables)?;
    if whole.has_variables() { Ok(Operand::Text(whole)) } else { truth(text, variables) }
}

pub fn same_truth(value: &Value, operand: &Operand, context: &ContextMap) -> Option<bool> {
    let wanted = match operand {
        Operand::Truth(wanted) => (*wanted)?,
        Operand::Text(pattern) if pattern.compare("true", Case::Insensitive, context)? => true,
        Operand::Text(pattern) if pattern.compare("false", Case::Insensitive, context)? => false,
        _ => return None,
    };
    Some(read_truth(value.text())? == wanted)
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
    Ok(Operand::Read(Reading::of(Kind::Bytes, text)))
}

pub fn same_bytes(value: &Value, operand: &Operand, _: &ContextMap) -> Option<bool> {
    match (value.read(Kind::Bytes), operand) {
        (Reading::Bytes(Some(value)), Operand::Read(Reading::Bytes(Some(wanted)))) => Some(value == wanted),
        _ => None,
    }
}
