//! Managed policies: policies with an ARN and versions of their own, which users, groups and roles share.
//!
//! Source: IAM user guide, "Managed policies and inline policies" and "Versioning IAM policies".

use super::arn::{AWS, Arn};
use super::entity::Tag;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};

/// A managed policy.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// The account; `None` for AWS's own.
    pub account_id: Option<AccountId>,
    /// As it was given.
    pub name: String,
    /// `ANPA…`
    pub id: UniqueId,
    /// Begins and ends with `/`.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// The number of the version that holds.
    pub default_version: i64,
    /// The highest number that was ever given.
    pub last_version: i64,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its newest version was made.
    pub updated_at: Timestamp,
}

impl ManagedPolicy {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::policy(self.account_id.as_ref().map_or(AWS, AccountId::as_str), &self.path, &self.name)
    }
}

/// A version of a managed policy.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    /// From 1; none is given twice.
    pub number: i64,
    /// The policy's text.
    pub document: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How answers name a version.
#[must_use]
pub fn version_id(number: i64) -> String {
    format!("v{number}")
}

/// The number of a version that is named so; `None` for what names none of ours.
#[must_use]
pub fn version_number(id: &str) -> Option<i64> {
    let number = id.strip_prefix('v')?.parse().ok()?;
    (version_id(number) == id).then_some(number)
}

/// How many users, groups and roles a policy has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// It is attached to so many.
    pub attachments: i64,
    /// It bounds so many.
    pub boundaries: i64,
}

/// What a policy is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// It grants.
    Permissions,
    /// It bounds.
    Boundary,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_by_their_numbers_in_one_way() {
        assert_eq!(version_number(&version_id(12)), Some(12));
        for other in ["", "v", "12", "v01", "v+1", "v1.x", "v99999999999999999999"] {
            assert_eq!(version_number(other), None, "{other}");
        }
    }
}
