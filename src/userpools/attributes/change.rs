//! Changes of the attributes of a user who is there.

use std::collections::BTreeMap;

use super::{ADDRESSES, AttributeRefused, SchemaAttribute, Writer, check_written, is_reserved, missing};

/// What a change makes of a user's attributes.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    /// All of them, as they are after it.
    pub attributes: BTreeMap<String, String>,
    /// Which of `email` and `phone_number` are other addresses than before: their aliases are to be forgotten.
    pub moved: Vec<&'static str>,
}

/// Changes the attributes of a user who is there.
///
/// An immutable attribute takes a value only while the schema requires it and the user has none: who was made without it is
/// asked for it. An address that changes is not verified any more, unless an administrator says in the same change that it is.
///
/// # Errors
/// The first [`AttributeRefused`].
pub fn change(
    schema: &[SchemaAttribute],
    current: &BTreeMap<String, String>,
    given: &BTreeMap<String, String>,
    writer: Writer,
) -> Result<Changed, AttributeRefused> {
    let mut attributes = current.clone();
    let mut moved = Vec::new();
    for (name, value) in given {
        let attribute = check_written(schema, name, value, writer)?;
        let is_asked_for = attribute.required && !current.contains_key(name);
        if !attribute.mutable && !is_asked_for && current.get(name) != Some(value) {
            return Err(AttributeRefused::Immutable(name.clone()));
        }
        attributes.insert(name.clone(), value.clone());
    }
    for (kind, verified) in ADDRESSES {
        if given.get(kind).is_some_and(|value| current.get(kind) != Some(value)) {
            moved.push(kind);
            if !given.contains_key(verified) && attributes.contains_key(verified) {
                attributes.insert(verified.to_owned(), "false".to_owned());
            }
        }
    }
    if let Some(name) = missing(schema, &attributes).next() {
        return Err(AttributeRefused::Missing(name.to_owned()));
    }
    Ok(Changed { attributes, moved })
}

/// What an administrator's change makes of a user's attributes: all of them, as they are after it. A blank value deletes.
///
/// An attribute that the schema requires is not deleted; one that the user was made without is not asked for. An address that
/// changes is not verified any more, unless the same change says that it is; what says so goes with its address.
///
/// Source: Amazon Cognito API reference, AdminUpdateUserAttributes, UserAttributes.
///
/// # Errors
/// The first [`AttributeRefused`].
pub fn administer(
    schema: &[SchemaAttribute],
    current: &BTreeMap<String, String>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, AttributeRefused> {
    edit(schema, current, given, Writer::Administrator)
}

/// What a user's own change makes of their attributes: as [`administer`], and no more than users may write.
///
/// Source: Amazon Cognito API reference, UpdateUserAttributes.
///
/// # Errors
/// The first [`AttributeRefused`].
pub fn edit_own(
    schema: &[SchemaAttribute],
    current: &BTreeMap<String, String>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, AttributeRefused> {
    edit(schema, current, given, Writer::User)
}

fn edit(
    schema: &[SchemaAttribute],
    current: &BTreeMap<String, String>,
    given: &BTreeMap<String, String>,
    writer: Writer,
) -> Result<BTreeMap<String, String>, AttributeRefused> {
    let mut attributes = current.clone();
    for (name, value) in given {
        let attribute = schema.iter().find(|attribute| attribute.name == *name);
        let attribute = attribute.ok_or_else(|| AttributeRefused::Unknown(name.clone()))?;
        if writer == Writer::User && is_reserved(attribute) {
            return Err(AttributeRefused::Unauthorized);
        }
        let is_asked_for = attribute.required && !current.contains_key(name);
        let changes = if value.is_empty() { current.contains_key(name) } else { current.get(name) != Some(value) };
        if name == "sub" || (!attribute.mutable && !is_asked_for && changes) {
            return Err(AttributeRefused::Immutable(name.clone()));
        }
        if value.is_empty() {
            if attribute.required {
                return Err(AttributeRefused::Missing(name.clone()));
            }
            attributes.remove(name);
        } else {
            check_written(schema, name, value, writer)?;
            attributes.insert(name.clone(), value.clone());
        }
    }
    for (address, verified) in ADDRESSES {
        let says_verified = given.get(verified).is_some_and(|value| value == "true");
        match attributes.get(address) {
            None if says_verified => {
                return Err(AttributeRefused::Invalid(format!("{verified} is true, and there is no {address}")));
            }
            None if current.contains_key(address) => drop(attributes.remove(verified)),
            now if now != current.get(address) && !given.contains_key(verified) && attributes.contains_key(verified) => {
                attributes.insert(verified.to_owned(), "false".to_owned());
            }
            _ => {}
        }
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::super::{StandardAttribute, full_schema, of_row};
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_change_keeps_to_what_its_writer_may_write() {
        let text =
            |name: &str, mutable| SchemaAttribute { name: name.into(), mutable, ..of_row(StandardAttribute::of_type("x", "String")) };
        let schema = full_schema(&[
            text("custom:fixed", false),
            SchemaAttribute { required: true, ..text("custom:once", false) },
            SchemaAttribute { developer_only_attribute: true, ..text("dev:custom:tier", true) },
        ]);
        let current = map(&[("custom:once", "a"), ("email", "a@b.example")]);
        for (name, value, expected) in [
            ("name", "Ann", Ok(())),
            ("custom:fixed", "x", Err(AttributeRefused::Immutable("custom:fixed".into()))),
            ("custom:once", "b", Err(AttributeRefused::Immutable("custom:once".into()))),
            ("custom:once", "a", Ok(())),
            ("dev:custom:tier", "gold", Err(AttributeRefused::Unauthorized)),
            ("email_verified", "true", Err(AttributeRefused::Unauthorized)),
            ("phone_number_verified", "false", Err(AttributeRefused::Unauthorized)),
            ("sub", "x", Err(AttributeRefused::Immutable("sub".into()))),
            ("custom:none", "x", Err(AttributeRefused::Unknown("custom:none".into()))),
        ] {
            assert_eq!(change(&schema, &current, &map(&[(name, value)]), Writer::User).map(drop), expected, "{name} = {value}");
        }
        let nothing = map(&[]);
        assert_eq!(change(&schema, &nothing, &nothing, Writer::User), Err(AttributeRefused::Missing("custom:once".into())));
        assert!(change(&schema, &nothing, &map(&[("custom:once", "a")]), Writer::User).is_ok());
    }

    #[test]
    fn another_address_is_not_verified_any_more() {
        let schema = full_schema(&[]);
        let current = map(&[("email", "a@b.example"), ("email_verified", "true"), ("phone_number_verified", "true")]);
        let changed = change(&schema, &current, &map(&[("email", "victim@b.example")]), Writer::User).unwrap();
        assert_eq!(changed.moved, ["email"]);
        assert_eq!(
            (changed.attributes["email_verified"].as_str(), changed.attributes["phone_number_verified"].as_str()),
            ("false", "true")
        );
        let same = change(&schema, &current, &map(&[("email", "a@b.example")]), Writer::User).unwrap();
        assert_eq!((same.moved.len(), same.attributes["email_verified"].as_str()), (0, "true"));
    }

    #[test]
    fn an_administrator_changes_and_deletes_within_the_schema() {
        let text =
            |name: &str, mutable| SchemaAttribute { name: name.into(), mutable, ..of_row(StandardAttribute::of_type("x", "String")) };
        let schema = full_schema(&[
            text("custom:fixed", false),
            SchemaAttribute { required: true, ..text("custom:once", false) },
            SchemaAttribute { developer_only_attribute: true, ..text("dev:custom:tier", true) },
            SchemaAttribute { required: true, ..of_row(StandardAttribute::text("name")) },
        ]);
        let verified = [("email", "a@b.example"), ("email_verified", "true")];
        let current = map(&[("name", "Ann"), ("custom:fixed", "f"), verified[0], verified[1]]);
        let after = |given: &[(&str, &str)], expected: &[(&str, &str)]| {
            let mut all = map(&[("custom:fixed", "f"), ("name", "Ann")]);
            all.extend(map(expected));
            assert_eq!(administer(&schema, &current, &map(given)), Ok(all), "{given:?}");
        };
        after(&[("dev:custom:tier", "gold")], &[verified[0], verified[1], ("dev:custom:tier", "gold")]);
        after(&[("custom:once", "a")], &[verified[0], verified[1], ("custom:once", "a")]);
        after(&[("email", "c@d.example")], &[("email", "c@d.example"), ("email_verified", "false")]);
        after(&[("email", "c@d.example"), ("email_verified", "true")], &[("email", "c@d.example"), ("email_verified", "true")]);
        after(&[("email_verified", "false")], &[verified[0], ("email_verified", "false")]);
        after(&[("email", "")], &[]);
        after(&[("nickname", ""), ("custom:fixed", "f")], &verified);
        for (name, value, refused) in [
            ("sub", "x", AttributeRefused::Immutable("sub".into())),
            ("sub", "", AttributeRefused::Immutable("sub".into())),
            ("custom:fixed", "x", AttributeRefused::Immutable("custom:fixed".into())),
            ("custom:fixed", "", AttributeRefused::Immutable("custom:fixed".into())),
            ("custom:none", "", AttributeRefused::Unknown("custom:none".into())),
            ("cognito:groups", "admins", AttributeRefused::Unknown("cognito:groups".into())),
            ("iss", "x", AttributeRefused::Unknown("iss".into())),
            ("name", "", AttributeRefused::Missing("name".into())),
            ("email", "no address", AttributeRefused::Invalid("Invalid email address format.".into())),
            (
                "phone_number_verified",
                "true",
                AttributeRefused::Invalid("phone_number_verified is true, and there is no phone_number".into()),
            ),
        ] {
            assert_eq!(administer(&schema, &current, &map(&[(name, value)])), Err(refused), "{name} = {value}");
        }
    }
}
