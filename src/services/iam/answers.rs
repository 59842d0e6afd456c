//! Users, groups and roles as answers give them.

use serde::Serialize;

use super::pages::Page;
use crate::iam::arn::Arn;
use crate::iam::entity::{Group, Role, Tag, User};
use crate::iam::uses::Use;
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;

/// The permissions boundary of a user or role.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BoundaryAnswer {
    permissions_boundary_type: &'static str,
    permissions_boundary_arn: Arn,
}

impl From<Arn> for BoundaryAnswer {
    fn from(permissions_boundary_arn: Arn) -> Self {
        Self { permissions_boundary_type: "PermissionsBoundaryPolicy", permissions_boundary_arn }
    }
}

/// A user.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserAnswer {
    path: String,
    user_name: String,
    user_id: UniqueId,
    arn: Arn,
    create_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_last_used: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<BoundaryAnswer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl From<User> for UserAnswer {
    fn from(user: User) -> Self {
        Self {
            arn: user.arn(),
            path: user.path,
            user_name: user.name,
            user_id: user.id,
            create_date: user.created_at,
            password_last_used: None,
            permissions_boundary: None,
            tags: user.tags,
        }
    }
}

impl UserAnswer {
    /// As CreateUser gives it: with its permissions boundary.
    pub fn with_boundary(user: User, boundary: Option<Arn>) -> Self {
        Self { permissions_boundary: boundary.map(Into::into), ..Self::from(user) }
    }

    /// As GetUser gives it: with the last use of their password too.
    pub fn with_use(user: User, boundary: Option<Arn>) -> Self {
        Self { password_last_used: user.password_last_used_at, ..Self::with_boundary(user, boundary) }
    }

    /// As lists give it: without tags.
    pub fn listed(user: User) -> Self {
        Self { tags: Vec::new(), ..Self::from(user) }
    }

    /// As ListUsers gives it.
    pub fn listed_with_use(user: User) -> Self {
        Self { password_last_used: user.password_last_used_at, ..Self::listed(user) }
    }
}

/// A group.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupAnswer {
    path: String,
    group_name: String,
    group_id: UniqueId,
    arn: Arn,
    create_date: Timestamp,
}

impl From<Group> for GroupAnswer {
    fn from(group: Group) -> Self {
        Self { arn: group.arn(), path: group.path, group_name: group.name, group_id: group.id, create_date: group.created_at }
    }
}

/// A page of groups.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupsAnswer {
    groups: Vec<GroupAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

impl From<Page<Group>> for GroupsAnswer {
    fn from((groups, marker): Page<Group>) -> Self {
        Self { groups: groups.into_iter().map(GroupAnswer::from).collect(), is_truncated: marker.is_some(), marker }
    }
}

/// A role.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleAnswer {
    path: String,
    role_name: String,
    role_id: UniqueId,
    arn: Arn,
    create_date: Timestamp,
    assume_role_policy_document: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    max_session_duration: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<BoundaryAnswer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_last_used: Option<RoleLastUsed>,
}

/// When a role was last used; empty for one that was not.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl From<Role> for RoleAnswer {
    fn from(role: Role) -> Self {
        Self {
            arn: role.arn(),
            path: role.path,
            role_name: role.name,
            role_id: role.id,
            create_date: role.created_at,
            assume_role_policy_document: role.assume_role_policy,
            description: role.description,
            max_session_duration: role.max_session_seconds,
            permissions_boundary: None,
            tags: role.tags,
            role_last_used: None,
        }
    }
}

impl RoleAnswer {
    /// As CreateRole gives it: with its permissions boundary.
    pub fn with_boundary(role: Role, boundary: Option<Arn>) -> Self {
        Self { permissions_boundary: boundary.map(Into::into), ..Self::from(role) }
    }

    /// As GetRole gives it: with its last use too.
    pub fn with_use(role: Role, boundary: Option<Arn>, used: Option<Use>) -> Self {
        let (last_used_date, region) = used.map(|used| (used.at, used.region)).unzip();
        Self { role_last_used: Some(RoleLastUsed { last_used_date, region }), ..Self::with_boundary(role, boundary) }
    }

    /// As lists give it: without tags.
    pub fn listed(role: Role) -> Self {
        Self { tags: Vec::new(), ..Self::from(role) }
    }
}
