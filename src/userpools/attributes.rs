//! The schema of a pool's users: 20 standard attributes, `custom:` ones, and what values they take.

mod change;
mod declared;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::unseen::is_unseen;

pub use change::{Changed, administer, change, edit_own};
pub use declared::{DeclarationRefused, check_declared};

/// An attribute of the schema, as CreateUserPool takes it and DescribeUserPool gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SchemaAttribute {
    /// The name, `custom:` or `dev:custom:` included.
    pub name: String,
    /// `String`, `Number`, `DateTime` or `Boolean`.
    pub attribute_data_type: String,
    /// Whether only administrators may write it.
    #[serde(default)]
    pub developer_only_attribute: bool,
    /// Whether it may change once it is set.
    pub mutable: bool,
    /// Whether sign-up must give it.
    pub required: bool,
    /// Least and greatest value, as texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_attribute_constraints: Option<NumberConstraints>,
    /// Least and greatest length, as texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_attribute_constraints: Option<StringConstraints>,
}

/// Least and greatest value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NumberConstraints {
    /// Least value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<String>,
    /// Greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_value: Option<String>,
}

/// Least and greatest length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StringConstraints {
    /// Least length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<String>,
    /// Greatest length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<String>,
}

/// Why an attribute is refused, in Cognito's words where they are known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeRefused {
    /// Not in the schema.
    #[error("Attributes did not conform to the schema: {0}: Attribute does not exist in the schema.\n")]
    Unknown(String),
    /// Required, and not given.
    #[error("Attributes did not conform to the schema: {0}: The attribute {0} is required\n")]
    Missing(String),
    /// May not be written by this caller.
    #[error("A client attempted to write unauthorized attribute")]
    Unauthorized,
    /// Only the pool itself writes it.
    #[error("Cannot modify the non-mutable attribute {0}")]
    Immutable(String),
    /// Not a value of its type, or out of its bounds.
    #[error("{0}")]
    Invalid(String),
}

/// How many attributes of its own a pool has at most.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", resource quotas.
pub const MOST_CUSTOM: usize = 50;

/// The longest text that any attribute takes, whatever is declared of it.
///
/// Source: the same, "Maximum characters in custom attribute value".
const LONGEST: usize = 2048;

/// An attribute that every pool has.
#[derive(Clone, Copy)]
struct StandardAttribute {
    name: &'static str,
    data_type: &'static str,
    mutable: bool,
    /// The least and the greatest, of texts.
    length: Option<(&'static str, &'static str)>,
}

impl StandardAttribute {
    const fn text(name: &'static str) -> Self {
        Self { name, data_type: "String", mutable: true, length: Some(("0", "2048")) }
    }

    const fn of_type(name: &'static str, data_type: &'static str) -> Self {
        Self { name, data_type, mutable: true, length: None }
    }
}

/// What OpenID Connect names, and two of Cognito's.
const STANDARD: [StandardAttribute; 20] = [
    StandardAttribute { mutable: false, length: Some(("1", "2048")), ..StandardAttribute::text("sub") },
    StandardAttribute::text("name"),
    StandardAttribute::text("given_name"),
    StandardAttribute::text("family_name"),
    StandardAttribute::text("middle_name"),
    StandardAttribute::text("nickname"),
    StandardAttribute::text("preferred_username"),
    StandardAttribute::text("profile"),
    StandardAttribute::text("picture"),
    StandardAttribute::text("website"),
    StandardAttribute::text("email"),
    StandardAttribute::of_type("email_verified", "Boolean"),
    StandardAttribute::text("gender"),
    StandardAttribute { length: Some(("10", "10")), ..StandardAttribute::text("birthdate") },
    StandardAttribute::text("zoneinfo"),
    StandardAttribute::text("locale"),
    StandardAttribute::text("phone_number"),
    StandardAttribute::of_type("phone_number_verified", "Boolean"),
    StandardAttribute::text("address"),
    StandardAttribute::of_type("updated_at", "Number"),
];

/// Who writes attributes: it decides what they may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The user, through a client.
    User,
    /// An administrator.
    Administrator,
}

/// The full schema of a pool: the standard attributes with the pool's changes, then its own.
#[must_use]
pub fn full_schema(changes: &[SchemaAttribute]) -> Vec<SchemaAttribute> {
    let standard =
        STANDARD.into_iter().map(|row| changes.iter().find(|change| change.name == row.name).cloned().unwrap_or_else(|| of_row(row)));
    let custom = changes.iter().filter(|change| !is_standard(&change.name)).cloned();
    standard.chain(custom).collect()
}

/// Whether the name is one of the standard attributes.
#[must_use]
pub fn is_standard(name: &str) -> bool {
    STANDARD.iter().any(|standard| standard.name == name)
}

fn of_row(row: StandardAttribute) -> SchemaAttribute {
    let StandardAttribute { name, data_type, mutable, length } = row;
    SchemaAttribute {
        name: name.to_owned(),
        attribute_data_type: data_type.to_owned(),
        developer_only_attribute: false,
        mutable,
        required: name == "sub",
        number_attribute_constraints: (data_type == "Number")
            .then(|| NumberConstraints { min_value: Some("0".to_owned()), max_value: None }),
        string_attribute_constraints: length
            .map(|(least, greatest)| StringConstraints { min_length: Some(least.to_owned()), max_length: Some(greatest.to_owned()) }),
    }
}

/// An address, and what says that it is verified.
pub const ADDRESSES: [(&str, &str); 2] = [("email", "email_verified"), ("phone_number", "phone_number_verified")];

/// The attributes that no client writes: what a user is, and what only a code or an administrator makes true.
pub const NEVER_WRITTEN: [&str; 3] = ["sub", "email_verified", "phone_number_verified"];

/// Holds the attributes of a new user to the schema, and asks for those that are required.
///
/// # Errors
/// The first [`AttributeRefused`].
pub fn check_new(schema: &[SchemaAttribute], attributes: &BTreeMap<String, String>, writer: Writer) -> Result<(), AttributeRefused> {
    check_values(schema, attributes, writer)?;
    missing(schema, attributes).next().map_or(Ok(()), |name| Err(AttributeRefused::Missing(name.to_owned())))
}

/// Holds the attributes of a new user to the schema, as far as they are given.
///
/// # Errors
/// The first [`AttributeRefused`].
pub fn check_values(schema: &[SchemaAttribute], attributes: &BTreeMap<String, String>, writer: Writer) -> Result<(), AttributeRefused> {
    for (name, value) in attributes {
        check_written(schema, name, value, writer)?;
    }
    // Source: Amazon Cognito API reference, AdminCreateUser, UserAttributes.
    for (address, verified) in ADDRESSES {
        if attributes.get(verified).is_some_and(|value| value == "true") && !attributes.contains_key(address) {
            return Err(AttributeRefused::Invalid(format!("{verified} is true, and there is no {address}")));
        }
    }
    Ok(())
}

/// The names of required attributes that are not there.
pub fn missing<'a>(schema: &'a [SchemaAttribute], attributes: &'a BTreeMap<String, String>) -> impl Iterator<Item = &'a str> {
    let required = schema.iter().filter(|attribute| attribute.required && attribute.name != "sub");
    required.map(|attribute| attribute.name.as_str()).filter(|name| !attributes.contains_key(*name))
}

/// The schema's attribute of that name, if this writer may give it this value.
fn check_written<'a>(
    schema: &'a [SchemaAttribute],
    name: &str,
    value: &str,
    writer: Writer,
) -> Result<&'a SchemaAttribute, AttributeRefused> {
    let attribute = schema.iter().find(|attribute| attribute.name == *name);
    let attribute = attribute.ok_or_else(|| AttributeRefused::Unknown(name.to_owned()))?;
    if name == "sub" {
        return Err(AttributeRefused::Immutable(name.to_owned()));
    }
    if writer == Writer::User && is_reserved(attribute) {
        return Err(AttributeRefused::Unauthorized);
    }
    check_value(attribute, value)?;
    Ok(attribute)
}

/// SECURITY: an address is verified by its code or by an administrator, never by its owner's word.
fn is_reserved(attribute: &SchemaAttribute) -> bool {
    attribute.developer_only_attribute || matches!(attribute.name.as_str(), "email_verified" | "phone_number_verified")
}

fn check_value(attribute: &SchemaAttribute, value: &str) -> Result<(), AttributeRefused> {
    let name = &attribute.name;
    let refused = |why: &str| Err(AttributeRefused::Invalid(format!("Attributes did not conform to the schema: {name}: {why}\n")));
    match attribute.attribute_data_type.as_str() {
        "Boolean" if !matches!(value, "true" | "false") => return refused("Boolean must be true or false."),
        "DateTime" if !is_date_time(value) => return refused("Attribute value must be a date and time."),
        "Number" => {
            let Ok(number) = value.parse::<i64>() else { return refused("Attribute value must be a number.") };
            let bounds = attribute.number_attribute_constraints.clone().unwrap_or_default();
            let bound = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok());
            if bound(bounds.min_value).is_some_and(|least| number < least) {
                return refused("Number is smaller than the minimum.");
            }
            if bound(bounds.max_value).is_some_and(|greatest| number > greatest) {
                return refused("Number is larger than the maximum.");
            }
        }
        "String" => {
            let length = value.chars().count();
            let bounds = attribute.string_attribute_constraints.clone().unwrap_or_default();
            let bound = |text: Option<String>| text.and_then(|text| text.parse::<usize>().ok());
            if bound(bounds.min_length).is_some_and(|least| length < least) {
                return refused("String must be no shorter than the minimum length.");
            }
            if bound(bounds.max_length).unwrap_or(LONGEST).min(LONGEST) < length {
                return refused("String must be no longer than the maximum length.");
            }
        }
        _ => {}
    }
    match name.as_str() {
        "email" if !value.is_empty() && !is_email(value) => Err(AttributeRefused::Invalid("Invalid email address format.".into())),
        "phone_number" if !value.is_empty() && !is_phone_number(value) => {
            Err(AttributeRefused::Invalid("Invalid phone number format.".into()))
        }
        _ => Ok(()),
    }
}

/// A date with or without a time (RFC 3339), or seconds since 1970.
fn is_date_time(text: &str) -> bool {
    let date = time::macros::format_description!("[year]-[month]-[day]");
    text.parse::<i64>().is_ok()
        || time::Date::parse(text, date).is_ok()
        || time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
}

/// One `@` between two parts, nothing that is not seen: what a mail server will accept is its own business.
///
/// SECURITY: an address is written in the form that names are compared in (NFKC). The mailbox `ｖictim@…` may be another's
/// than `victim@…`, and whoever holds it must not prove that the name is theirs.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    parts.is_some()
        && text.len() <= 254
        && !text.chars().any(|character| character.is_whitespace() || is_unseen(character))
        && text.nfkc().eq(text.chars())
}

/// E.164: `+` and up to 15 digits.
#[must_use]
pub fn is_phone_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An address as answers show it: `t***@t***`, `+*******1234`.
#[must_use]
pub fn masked(attribute: &str, address: &str) -> String {
    let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
    if attribute == "email" {
        let (local, domain) = address.split_once('@').unwrap_or((address, ""));
        return format!("{}***@{}***", first(local), first(domain));
    }
    let digits: Vec<char> = address.trim_start_matches('+').chars().collect();
    let shown: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    format!("+{}{shown}", "*".repeat(digits.len().saturating_sub(4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, writer: Writer) -> Result<(), AttributeRefused> {
        let custom = SchemaAttribute {
            name: "custom:tier".into(),
            attribute_data_type: "Number".into(),
            ..of_row(StandardAttribute::of_type("x", "Number"))
        };
        check_new(&full_schema(&[custom]), &BTreeMap::from([(name.to_owned(), value.to_owned())]), writer)
    }

    #[test]
    fn values_are_held_to_the_schema() {
        for (name, value, accepted) in [
            ("email", "a@b.example", true),
            ("email", "a@b@c", false),
            ("email", "a b@c", false),
            ("email", "victim\u{ff20}x.example", false),
            ("email", "\u{ff56}ictim@x.example", false),
            ("email", "vic\u{200b}tim@x.example", false),
            ("email", "山田@例.example", true),
            ("phone_number", "+15555550100", true),
            ("phone_number", "5555550100", false),
            ("birthdate", "2000-01-01", true),
            ("birthdate", "2000", false),
            ("custom:tier", "3", true),
            ("custom:tier", "three", false),
            ("custom:none", "x", false),
            ("sub", "x", false),
            ("name", &"x".repeat(2049), false),
        ] {
            assert_eq!(check(name, value, Writer::User).is_ok(), accepted, "{name} = {value:.20}");
        }
    }

    #[test]
    fn only_administrators_vouch_for_addresses() {
        assert_eq!(check("email_verified", "true", Writer::User), Err(AttributeRefused::Unauthorized));
        assert_eq!(check("email_verified", "false", Writer::Administrator), Ok(()));
        assert!(check("email_verified", "true", Writer::Administrator).is_err(), "there is no address");
        let both =
            BTreeMap::from([("email", "a@b.example"), ("email_verified", "true")].map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(check_new(&full_schema(&[]), &both, Writer::Administrator), Ok(()));
    }

    #[test]
    fn addresses_are_masked_as_cognito_masks_them() {
        assert_eq!(masked("email", "test@test.com"), "t***@t***");
        assert_eq!(masked("phone_number", "+15555551234"), "+*******1234");
    }
}
