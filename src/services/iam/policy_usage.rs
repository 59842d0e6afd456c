//! PolicyUsageFilter: what policies are used as.

use serde::Deserialize;

use crate::iam::managed_policy::Usage;

/// As the wire has it.
#[derive(Clone, Copy, Deserialize)]
pub enum PolicyUsage {
    PermissionsPolicy,
    PermissionsBoundary,
}

impl From<PolicyUsage> for Usage {
    fn from(usage: PolicyUsage) -> Self {
        match usage {
            PolicyUsage::PermissionsPolicy => Self::Permissions,
            PolicyUsage::PermissionsBoundary => Self::Boundary,
        }
    }
}
