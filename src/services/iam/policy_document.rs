//! The text of a managed policy's version: what it must be.

use super::errors::Error;
use crate::policy::{self, PolicyKind};

/// The characters of a version, without blanks (IAM user guide, "IAM and AWS STS quotas").
pub const POLICY_CHARACTERS: usize = 6144;

/// Whether a text can be a managed policy's version.
///
/// # Errors
/// MalformedPolicyDocument; LimitExceeded for one that is too long.
pub fn check(document: &str) -> Result<(), Error> {
    policy::parse_as(document, PolicyKind::Managed)?;
    if characters(document) > POLICY_CHARACTERS {
        return Err(Error::LimitExceeded(format!("Cannot exceed quota for PolicySize: {POLICY_CHARACTERS}")));
    }
    Ok(())
}

/// How many characters of a text count against the quotas of policies: all but blanks.
pub fn characters(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}
