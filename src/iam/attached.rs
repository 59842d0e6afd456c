//! What a user, a group or a role has of its own, as decisions take it.

use std::sync::Arc;

use crate::crypto::digest::sha256;
use crate::kit::id::UniqueId;
use crate::policy::{NamedPolicy, PolicySet};

/// Policies whose texts are at hand: somebody's inline ones, or the one that a managed policy's version is.
pub struct Texts {
    policies: Vec<NamedPolicy>,
    /// Of the policies' names and texts.
    digest: [u8; 32],
}

/// What somebody has of their own.
pub struct Attached {
    /// Their inline policies.
    pub inline: Arc<Texts>,
    /// What else is theirs: managed policies are named, and what they say is known by their names.
    pub links: Links,
}

/// What somebody has by reference, by unique id.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The groups that a user is in.
    pub groups: Vec<UniqueId>,
    /// The managed policies that are attached.
    pub managed: Vec<UniqueId>,
    /// The managed policy that is the permissions boundary.
    pub boundary: Option<UniqueId>,
}

impl Texts {
    /// These policies, each with its text.
    #[must_use]
    pub fn new(policies: Vec<(NamedPolicy, String)>) -> Self {
        // What is hashed has one reading: two digests of one length for each policy.
        let named = |(named, text): &(NamedPolicy, String)| [sha256(&[named.name.as_bytes()]), sha256(&[text.as_bytes()])].concat();
        let digest = sha256(&[policies.iter().map(named).collect::<Vec<_>>().concat().as_slice()]);
        Self { policies: policies.into_iter().map(|(named, _)| named).collect(), digest }
    }

    /// What says which policies these are together: the same for all who have the same.
    #[must_use]
    pub fn digest_of(parts: &[Arc<Self>]) -> [u8; 32] {
        // Most have policies of their own alone: they are known by what was computed when these were loaded.
        if let [own] = parts {
            return own.digest;
        }
        let digests: Vec<u8> = parts.iter().flat_map(|part| part.digest).collect();
        sha256(&[&digests])
    }

    /// What they are together, compiled.
    #[must_use]
    pub fn compile(parts: &[Arc<Self>]) -> PolicySet {
        PolicySet::new(parts.iter().flat_map(|part| part.policies.iter().cloned()).collect())
    }
}
