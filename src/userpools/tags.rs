//! The tags of a user pool.
//!
//! Source: Amazon Cognito developer guide, "Tagging Amazon Cognito resources", "Tag restrictions".

use std::collections::BTreeMap;

use super::message_rules::MessageRules;
use super::password_rules::{PasswordRules, RuleTagRefused};
use crate::kit::tag_key;

/// Tags, by key.
pub type Tags = BTreeMap<String, String>;

/// How many tags a pool has at most.
const MOST: usize = 50;

/// Why tags are not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagsRefused {
    /// Only AWS itself sets such tags.
    #[error("Tag keys that begin with aws: are reserved.")]
    Reserved,
    /// More than a pool has.
    #[error("A user pool can have as many as {MOST} tags.")]
    TooMany,
    /// One of ours, with a value that says nothing.
    #[error(transparent)]
    Rule(#[from] RuleTagRefused),
}

/// Whether these can be a pool's tags.
///
/// # Errors
/// [`TagsRefused`].
pub fn check(tags: &Tags) -> Result<(), TagsRefused> {
    if tags.keys().any(|key| tag_key::is_reserved(key)) {
        return Err(TagsRefused::Reserved);
    }
    PasswordRules::default().with_tags(tags)?;
    MessageRules::of_tags(tags)?;
    if tags.len() > MOST { Err(TagsRefused::TooMany) } else { Ok(()) }
}

/// Tags and new ones, which take the place of those of the same key.
///
/// # Errors
/// [`TagsRefused`].
pub fn merged(mut tags: Tags, new: Tags) -> Result<Tags, TagsRefused> {
    check(&new)?;
    tags.extend(new);
    check(&tags)?;
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_tags_are_fifty_together_and_none_is_awss() {
        let numbered = |numbers: std::ops::Range<usize>| -> Tags { numbers.map(|number| (number.to_string(), String::new())).collect() };
        let one = |key: &str| Tags::from([(key.to_owned(), String::new())]);
        assert_eq!(merged(numbered(0..49), numbered(48..50)).unwrap().len(), 50);
        assert_eq!(merged(numbered(0..49), numbered(49..51)), Err(TagsRefused::TooMany));
        assert_eq!(merged(Tags::new(), one("aWs:x")), Err(TagsRefused::Reserved));
        assert_eq!(merged(one("Team"), one("team")).unwrap().len(), 2, "keys are told apart by capitals");
        assert!(check(&one("awsome")).is_ok() && check(&one("\u{e9}\u{e9}\u{e9}")).is_ok());
    }
}
