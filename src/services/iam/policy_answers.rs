//! Managed policies and their versions as answers give them.

use serde::Serialize;

use crate::iam::arn::Arn;
use crate::iam::entity::Tag;
use crate::iam::managed_policy::{ManagedPolicy, PolicyVersion, Uses, version_id};
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;

/// A policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyAnswer {
    policy_name: String,
    policy_id: UniqueId,
    arn: Arn,
    path: String,
    default_version_id: String,
    attachment_count: i64,
    permissions_boundary_usage_count: i64,
    is_attachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    create_date: Timestamp,
    update_date: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl PolicyAnswer {
    /// As GetPolicy gives it.
    pub fn of(policy: ManagedPolicy, uses: Uses) -> Self {
        Self {
            arn: policy.arn(),
            policy_name: policy.name,
            policy_id: policy.id,
            path: policy.path,
            default_version_id: version_id(policy.default_version),
            attachment_count: uses.attachments,
            permissions_boundary_usage_count: uses.boundaries,
            is_attachable: true,
            description: policy.description,
            create_date: policy.created_at,
            update_date: policy.updated_at,
            tags: policy.tags,
        }
    }

    /// As lists give it: without description and tags.
    pub fn listed(policy: ManagedPolicy, uses: Uses) -> Self {
        Self { description: None, tags: Vec::new(), ..Self::of(policy, uses) }
    }
}

/// A version of a policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    version_id: String,
    is_default_version: bool,
    create_date: Timestamp,
}

impl VersionAnswer {
    /// As GetPolicyVersion gives it.
    pub fn of(policy: &ManagedPolicy, version: PolicyVersion) -> Self {
        Self {
            document: Some(version.document),
            version_id: version_id(version.number),
            is_default_version: version.number == policy.default_version,
            create_date: version.created_at,
        }
    }

    /// As lists give it: without the text.
    pub fn listed(policy: &ManagedPolicy, version: PolicyVersion) -> Self {
        Self { document: None, ..Self::of(policy, version) }
    }
}
