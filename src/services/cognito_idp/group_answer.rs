//! A group as answers give it, and the role that a request gives one.

use serde::Serialize;

use super::errors::Error;
use super::found;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::operation::{Fault, PassedRole, Resolved, pass_role};
use crate::userpools::group::Group;

/// User pools, as `iam:PassedToService` names them.
const SERVICE: &str = "cognito-idp.amazonaws.com";

/// GroupType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupAnswer {
    group_name: String,
    user_pool_id: UserPoolId,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precedence: Option<i64>,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
}

impl From<Group> for GroupAnswer {
    fn from(group: Group) -> Self {
        Self {
            group_name: group.name,
            user_pool_id: group.pool_id,
            description: group.description,
            role_arn: group.role_arn,
            precedence: group.precedence,
            last_modified_date: group.modified_at,
            creation_date: group.created_at,
        }
    }
}

/// The answer that is a group.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    group: GroupAnswer,
}

impl From<Group> for Response {
    fn from(group: Group) -> Self {
        Self { group: group.into() }
    }
}

/// A page of groups.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    groups: Vec<GroupAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Page {
    /// These groups, and where the next page begins.
    pub fn of(groups: Vec<Group>, next_token: Option<String>) -> Self {
        Self { groups: groups.into_iter().map(GroupAnswer::from).collect(), next_token }
    }
}

/// The pool that a request names, and the ARN of the role that it gives to a group of it.
pub struct Found {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The role's, as it is there.
    pub role_arn: Option<String>,
}

/// Finds the pool, and the role as one that is to be passed.
pub async fn resolve(cx: &Context, pool_id: &UserPoolId, role_arn: Option<&str>) -> Result<Resolved<Found>, Fault> {
    let Resolved { found, mut asks } = found::pool(cx, pool_id).await?;
    let mut passed = Ok(None);
    if let Some(role_arn) = role_arn {
        let PassedRole { ask, role } = pass_role(cx, role_arn, SERVICE).await?;
        asks.push(ask);
        let invalid = || Fault::from(Error::parameter(format!("Invalid role ARN: {role_arn}")));
        passed = role.map(|role| Some(String::from(role.arn()))).ok_or_else(invalid);
    }
    let found = found.and_then(|pool| Ok(Found { pool_id: pool.id.clone(), role_arn: passed? }));
    Ok(Resolved { found, asks })
}

/// The text, unless it is blank.
pub fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
