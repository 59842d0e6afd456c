//! The tags of an identity pool.
//!
//! Source: Amazon Cognito developer guide, "Tagging Amazon Cognito resources", "Tag restrictions".

use super::principal_tags::Tags;
use crate::kit::tag_key;

/// How many tags a pool has at most.
const MOST: usize = 50;

/// Why tags are not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagsRefused {
    /// Only AWS itself sets such tags.
    #[error("Tag keys that begin with aws: are reserved.")]
    Reserved,
    /// More than a pool has.
    #[error("An identity pool can have as many as {MOST} tags.")]
    TooMany,
}

/// Tags and new ones, which take the place of those of the same key.
///
/// # Errors
/// [`TagsRefused`].
pub fn merged(mut tags: Tags, new: Tags) -> Result<Tags, TagsRefused> {
    if new.keys().any(|key| tag_key::is_reserved(key)) {
        return Err(TagsRefused::Reserved);
    }
    tags.extend(new);
    if tags.len() > MOST { Err(TagsRefused::TooMany) } else { Ok(tags) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_tags_are_fifty_together_and_none_is_awss() {
        let numbered = |numbers: std::ops::Range<usize>| -> Tags { numbers.map(|number| (number.to_string(), String::new())).collect() };
        assert_eq!(merged(numbered(0..49), numbered(48..50)).unwrap().len(), 50);
        assert_eq!(merged(numbered(0..49), numbered(49..51)), Err(TagsRefused::TooMany));
        assert_eq!(merged(Tags::new(), Tags::from([("aWs:x".to_owned(), String::new())])), Err(TagsRefused::Reserved));
    }
}
