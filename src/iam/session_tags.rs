//! The tags of sessions: which may be.
//!
//! Source: IAM user guide, "Pass session tags in AWS STS", "Things to know about session tags".

use std::collections::HashSet;

use super::entity::Tag;
use crate::kit::tag_key;

/// How many tags a session has at most.
const MOST: usize = 50;

/// Why tags are no session's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagsRefused {
    /// More than a session has.
    #[error("A session has at most {MOST} tags.")]
    TooMany,
    /// Only AWS itself sets such tags.
    #[error("Tag keys that begin with aws: are reserved.")]
    Reserved,
    /// Two that differ by capitals only.
    #[error("Duplicate tag keys found. Please note that Tag keys are case insensitive.")]
    Twice,
}

/// Whether these can be the tags of a session.
///
/// # Errors
/// [`TagsRefused`].
pub fn check(tags: &[Tag]) -> Result<(), TagsRefused> {
    if tags.len() > MOST {
        return Err(TagsRefused::TooMany);
    }
    if tags.iter().any(|tag| tag_key::is_reserved(&tag.key)) {
        return Err(TagsRefused::Reserved);
    }
    let mut keys = HashSet::new();
    if tags.iter().all(|tag| keys.insert(tag.key.to_lowercase())) { Ok(()) } else { Err(TagsRefused::Twice) }
}
