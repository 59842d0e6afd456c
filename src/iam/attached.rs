//! What a user, a group or a role has of its own, as decisions take it.

use std::sync::Arc;

use crate::crypto::digest::sha256;
use crate::kit::id::UniqueId;
use crate::policy::{NamedPolicy, PolicySet};

/// What somebody has of their own.
pub struct Attached {
    policies: Vec<NamedPolicy>,
    /// The groups that a user is in.
    pub groups: Vec<UniqueId>,
    /// Of the policies' names and texts.
    digest: [u8; 32],
}

impl Attached {
    /// These policies, each with its text, and these groups.
    #[must_use]
    pub fn new(policies: Vec<(NamedPolicy, String)>, groups: Vec<UniqueId>) -> Self {
        // What is hashed has one reading: two digests of one length for each policy.
        let named = |(named, text): &(NamedPolicy, String)| [sha256(&[named.name.as_bytes()]), sha256(&[text.as_bytes()])].concat();
        let digest = sha256(&[policies.iter().map(named).collect::<Vec<_>>().concat().as_slice()]);
        Self { policies: policies.into_iter().map(|(named, _)| named).collect(), groups, digest }
    }

    /// What says which policies these have together: the same for all who have the same.
    #[must_use]
    pub fn digest_of(parts: &[Arc<Self>]) -> [u8; 32] {
        // Most have policies of their own alone: they are known by what was computed when these were loaded.
        if let [own] = parts {
            return own.digest;
        }
        let digests: Vec<u8> = parts.iter().flat_map(|part| part.digest).collect();
        sha256(&[&digests])
    }

    /// What they have together, compiled.
    #[must_use]
    pub fn compile(parts: &[Arc<Self>]) -> PolicySet {
        PolicySet::new(parts.iter().flat_map(|part| part.policies.iter().cloned()).collect())
    }
}
