//! Attributes for access control: what a token says of a user, as tags of their session.
//!
//! Source: Amazon Cognito developer guide, "Using attributes for access control"; STS API reference, Tag, on keys and values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::role_choice::texts;
use crate::kit::tag_key;

/// Tags of a session, by key.
pub type Tags = BTreeMap<String, String>;

/// The attribute maps of an identity pool, by provider.
pub type AttributeMaps = BTreeMap<String, AttributeMap>;

/// How many tags a session has at most.
const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// Which claims of a provider's tokens become which tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AttributeMap {
    /// Whether it is the usual one.
    pub use_defaults: bool,
    /// Claims by the keys of tags.
    pub principal_tags: Tags,
}

/// Why tags are none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagsRefused {
    /// More than a session has.
    #[error("A session has at most {MOST_TAGS} tags.")]
    TooMany,
    /// A key that is none.
    #[error("The tag key '{0}' is not one.")]
    Key(String),
    /// A value that is none.
    #[error("The value of the tag '{0}' is not one.")]
    Value(String),
    /// Two that differ by capitals only, or two values of one.
    #[error("The tag '{0}' is there twice.")]
    Twice(String),
}

impl AttributeMap {
    /// The usual one: who the user is, and by which client they come.
    #[must_use]
    pub fn usual() -> Self {
        let tags = [("username", "sub"), ("client", "aud")];
        Self { use_defaults: true, principal_tags: tags.map(|(key, claim)| (key.to_owned(), claim.to_owned())).into() }
    }

    /// The tags of whoever brings a token that says this. A claim that is not there gives no tag.
    ///
    /// # Errors
    /// [`TagsRefused::Value`] for a claim that has no value of a tag.
    ///
    /// SECURITY: such a tag is never left out, for policies that deny by it would not know.
    pub fn tags(&self, claims: &Map<String, Value>) -> Result<Tags, TagsRefused> {
        let mut tags = Tags::new();
        for (key, claim) in &self.principal_tags {
            match claims.get(claim) {
                None | Some(Value::Null) => continue,
                said => match texts(said).as_slice() {
                    [value] if is_value(value) => drop(tags.insert(key.clone(), value.clone())),
                    _ => return Err(TagsRefused::Value(key.clone())),
                },
            }
        }
        Ok(tags)
    }

    /// Whether its keys can be those of tags.
    ///
    /// # Errors
    /// [`TagsRefused`].
    pub fn check(&self) -> Result<(), TagsRefused> {
        check_keys(&self.principal_tags)
    }
}

/// Whether these can be the tags of a session.
///
/// # Errors
/// [`TagsRefused`].
pub fn check(tags: &Tags) -> Result<(), TagsRefused> {
    check_keys(tags)?;
    match tags.iter().find(|(_, value)| !is_value(value)) {
        Some((key, _)) => Err(TagsRefused::Value(key.clone())),
        None => Ok(()),
    }
}

/// The tags of two logins together.
///
/// # Errors
/// [`TagsRefused::Twice`] where they differ in one: neither is the session's.
pub fn joined(mut tags: Tags, more: Tags) -> Result<Tags, TagsRefused> {
    for (key, value) in more {
        if tags.get(&key).is_some_and(|own| *own != value) {
            return Err(TagsRefused::Twice(key));
        }
        tags.insert(key, value);
    }
    check_keys(&tags)?;
    Ok(tags)
}

/// SECURITY: keys are one whatever their capitals.
fn check_keys(tags: &Tags) -> Result<(), TagsRefused> {
    if tags.len() > MOST_TAGS {
        return Err(TagsRefused::TooMany);
    }
    let mut seen = std::collections::BTreeSet::new();
    for key in tags.keys() {
        let length = key.chars().count();
        if length == 0 || length > LONGEST_KEY || tag_key::is_reserved(key) || !key.chars().all(is_of_tags) {
            return Err(TagsRefused::Key(key.clone()));
        }
        if !seen.insert(key.to_lowercase()) {
            return Err(TagsRefused::Twice(key.clone()));
        }
    }
    Ok(())
}

fn is_value(value: &str) -> bool {
    value.chars().count() <= LONGEST_VALUE && value.chars().all(is_of_tags)
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`
fn is_of_tags(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || character == '\u{a0}' || "_.:/=+-@".contains(character)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn claims_become_tags_and_what_is_no_value_is_refused() {
        let map = AttributeMap { use_defaults: false, principal_tags: tags(&[("team", "custom:team"), ("level", "level")]) };
        let of = |claims: Value| map.tags(claims.as_object().unwrap());
        assert_eq!(of(json!({"custom:team": "red", "level": 7, "other": "x"})), Ok(tags(&[("team", "red"), ("level", "7")])));
        assert_eq!(of(json!({"level": true})), Ok(tags(&[("level", "true")])));
        for unfit in [json!("a*b"), json!("${x}"), json!("x".repeat(257)), json!(["a", "b"]), json!({"a": "b"}), json!([])] {
            assert_eq!(of(json!({"custom:team": unfit})), Err(TagsRefused::Value("team".to_owned())), "{unfit}");
        }
        let usual = AttributeMap::usual().tags(json!({"sub": "s", "aud": "c"}).as_object().unwrap());
        assert_eq!(usual, Ok(tags(&[("username", "s"), ("client", "c")])));
    }

    #[test]
    fn reserved_and_double_keys_are_refused() {
        for key in ["aws:x", "AWS:PrincipalTag", "", "a*", "a,b", &"k".repeat(129)] {
            assert_eq!(check(&tags(&[(key, "v")])), Err(TagsRefused::Key(key.to_owned())), "{key}");
        }
        assert_eq!(check(&tags(&[("Team", "a"), ("team", "b")])), Err(TagsRefused::Twice("team".to_owned())));
        let many: Tags = (0..51).map(|number| (number.to_string(), String::new())).collect();
        assert_eq!(check(&many), Err(TagsRefused::TooMany));
        assert_eq!(joined(tags(&[("a", "1")]), tags(&[("a", "2")])), Err(TagsRefused::Twice("a".to_owned())));
        assert_eq!(joined(tags(&[("a", "1")]), tags(&[("a", "1"), ("b", "2")])), Ok(tags(&[("a", "1"), ("b", "2")])));
    }
}
