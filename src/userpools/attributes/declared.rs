//! What a pool declares of an attribute: bounds that are numbers, of the attribute's own type, and with room between them.

use super::SchemaAttribute;

/// Why an attribute cannot be declared so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationRefused {
    /// Bounds of another type.
    #[error("Constraints of {0} do not fit its AttributeDataType.")]
    ForeignBounds(String),
    /// A bound that is no number, or none that can be.
    #[error("Invalid constraint of {0}: {1}.")]
    NoBound(String, String),
    /// The least is more than the greatest.
    #[error("Invalid constraints of {0}: the minimum is greater than the maximum.")]
    NoRoom(String),
}

/// Whether an attribute can be declared so.
///
/// Source: Amazon Cognito API reference, NumberAttributeConstraintsType and StringAttributeConstraintsType. Numbers are held to
/// 64 bits, which is less than the 2^1023 there.
///
/// # Errors
/// [`DeclarationRefused`].
pub fn check_declared(attribute: &SchemaAttribute) -> Result<(), DeclarationRefused> {
    let SchemaAttribute { name, attribute_data_type, number_attribute_constraints, string_attribute_constraints, .. } = attribute;
    let bound = |text: &Option<String>, is_possible: fn(i64) -> bool| -> Result<Option<i64>, DeclarationRefused> {
        let Some(text) = text else { return Ok(None) };
        let number = text.parse().ok().filter(|number| is_possible(*number));
        number.map(Some).ok_or_else(|| DeclarationRefused::NoBound(name.clone(), text.chars().take(40).collect()))
    };
    let bounds = match (attribute_data_type.as_str(), number_attribute_constraints, string_attribute_constraints) {
        (_, None, None) => return Ok(()),
        ("Number", Some(numbers), None) => (bound(&numbers.min_value, |_| true)?, bound(&numbers.max_value, |_| true)?),
        ("String", None, Some(lengths)) => {
            let is_length = |length: i64| length >= 0;
            (bound(&lengths.min_length, is_length)?, bound(&lengths.max_length, is_length)?)
        }
        _ => return Err(DeclarationRefused::ForeignBounds(name.clone())),
    };
    match bounds {
        (Some(least), Some(greatest)) if least > greatest => Err(DeclarationRefused::NoRoom(name.clone())),
        _ => Ok(()),
    }
}
