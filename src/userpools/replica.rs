//! A pool's replicas: the other regions of the deployment that serve it.
//!
//! Source: Amazon Cognito developer guide, "Multi-Region replication"; API reference, CreateUserPoolReplica.

use super::tags::Tags;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// How many replicas a pool has at most: more than there are regions to put them in is nothing that anybody needs.
pub const MOST: usize = 40;

/// What a replica does for users: it signs them in and out, and tells them of themselves.
///
/// Source: Amazon Cognito developer guide, "Multi-Region replication for user pools", limitations: nobody is made there, and no
/// password or profile is changed. The device that a sign-in gives is confirmed where it is given.
pub const SERVED: [&str; 15] = [
    "ConfirmDevice",
    "GetClientToken",
    "GetDerivedToken",
    "GetDevice",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAuthFactors",
    "GlobalSignOut",
    "InitiateAuth",
    "ListDevices",
    "ListUserSessions",
    "ListWebAuthnCredentials",
    "RespondToAuthChallenge",
    "RevokeToken",
    "RevokeUserSession",
];

/// Whether an active replica serves users by this operation; what it does not is the primary's.
#[must_use]
pub fn serves_users(operation: &str) -> bool {
    SERVED.contains(&operation)
}

/// A region that serves a pool beside its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The pool: it has one id in all regions.
    pub pool_id: UserPoolId,
    /// The region.
    pub region: String,
    /// Whether it serves users.
    pub status: ReplicaStatus,
    /// Its own tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether a replica serves users. Here making and deleting one takes no time, so that it is never seen amidst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaStatus {
    /// Administrators only.
    Inactive,
    /// Administrators and users.
    Active,
}

impl ReplicaStatus {
    /// As answers and rows have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "INACTIVE",
            Self::Active => "ACTIVE",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Inactive, Self::Active].into_iter().find(|status| status.as_str() == text)
    }
}
