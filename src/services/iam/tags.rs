//! Tags of users and roles: their rules, and what tagging and untagging makes of them.
//!
//! Source: IAM user guide, "Tags for AWS Identity and Access Management resources", "Rules for tagging".

use std::collections::HashSet;

use serde::Serialize;

use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::entity::Tag;
use crate::kit::id::UniqueId;
use crate::kit::tag_key;

const MAX_TAGS: usize = 50;

/// At most 50 tags, keys unique regardless of case.
pub fn check(tags: &[Tag]) -> Result<(), Error> {
    let mut keys = HashSet::new();
    if tags.len() > MAX_TAGS {
        return Err(Error::LimitExceeded("The number of tags has reached the maximum limit.".to_owned()));
    }
    if tags.iter().any(|tag| tag_key::is_reserved(&tag.key)) {
        return Err(Error::InvalidInput("Tag keys that begin with aws: are reserved.".to_owned()));
    }
    if tags.iter().any(|tag| !keys.insert(tag.key.to_lowercase())) {
        return Err(Error::InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned()));
    }
    Ok(())
}

/// Tags and new ones, which take the place of those of the same key.
pub fn merged(tags: &[Tag], new: &[Tag]) -> Result<Vec<Tag>, Error> {
    check(new)?;
    let is_replaced = |tag: &Tag| new.iter().any(|new| is_same(&new.key, &tag.key));
    let merged: Vec<Tag> = tags.iter().filter(|tag| !is_replaced(tag)).chain(new).cloned().collect();
    check(&merged)?;
    Ok(merged)
}

/// Tags without those of these keys.
pub fn without(tags: Vec<Tag>, keys: &[String]) -> Vec<Tag> {
    tags.into_iter().filter(|tag| !keys.iter().any(|key| is_same(key, &tag.key))).collect()
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A page of somebody's tags, as answers give it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagsAnswer {
    tags: Vec<Tag>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl TagsAnswer {
    /// A page of the tags of a user or role, by their keys.
    pub fn page(cx: &Context, owner_id: &UniqueId, mut tags: Vec<Tag>, asked: &Asked<'_>) -> Result<Self, Error> {
        tags.sort_by(|one, other| one.key.cmp(&other.key));
        let place = ["iam tags", cx.account_id.as_str(), owner_id.as_str()];
        let (tags, marker) = asked.of_whole(cx, &place, tags, |tag| tag.key.clone())?;
        Ok(Self { tags, is_truncated: marker.is_some(), marker })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Vec<Tag> {
        pairs.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect()
    }

    #[test]
    fn a_key_is_one_whatever_its_capitals() {
        let before = tags(&[("Team", "a"), ("stage", "test")]);
        assert_eq!(merged(&before, &tags(&[("team", "b")])).unwrap(), tags(&[("stage", "test"), ("team", "b")]));
        assert_eq!(without(before, &["TEAM".to_owned(), "none".to_owned()]), tags(&[("stage", "test")]));
        assert!(matches!(merged(&[], &tags(&[("a", ""), ("A", "")])), Err(Error::InvalidInput(_))));
        assert!(matches!(merged(&[], &tags(&[("aWs:x", "")])), Err(Error::InvalidInput(_))));
    }

    #[test]
    fn old_and_new_tags_are_fifty_together() {
        let numbered = |numbers: std::ops::Range<usize>| -> Vec<Tag> {
            numbers.map(|number| Tag { key: number.to_string(), value: String::new() }).collect()
        };
        assert_eq!(merged(&numbered(0..49), &numbered(48..50)).unwrap().len(), 50);
        assert!(matches!(merged(&numbered(0..49), &numbered(49..51)), Err(Error::LimitExceeded(_))));
    }
}
