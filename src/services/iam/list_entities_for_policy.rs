//! ListEntitiesForPolicy: the users, groups and roles that have a policy, paged.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use super::policy_usage::PolicyUsage;
use crate::context::Context;
use crate::iam::managed_policy::ManagedPolicy;
use crate::kit::id::UniqueId;
use crate::store::{self, iam::EntitiesAsked};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    entity_filter: Option<EntityKind>,
    path_prefix: Option<String>,
    policy_usage_filter: Option<PolicyUsage>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// The model's word for what is wanted; policies have no policies.
#[derive(Clone, Copy, Deserialize)]
enum EntityKind {
    User,
    Role,
    Group,
    LocalManagedPolicy,
    #[serde(rename = "AWSManagedPolicy")]
    AwsManagedPolicy,
}

asks_about_policy!(Request);

#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy_groups: Vec<PolicyGroup>,
    policy_users: Vec<PolicyUser>,
    policy_roles: Vec<PolicyRole>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyGroup {
    group_name: String,
    group_id: UniqueId,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyUser {
    user_name: String,
    user_id: UniqueId,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyRole {
    role_name: String,
    role_id: UniqueId,
}

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<Response, Error> {
    let place = ["iam:ListEntitiesForPolicy", cx.account_id.as_str(), policy.id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    let wanted = EntitiesAsked {
        policy_id: &policy.id,
        usage: request.policy_usage_filter.map(Into::into),
        kind: request.entity_filter.map_or("", EntityKind::prefix),
        path_prefix: request.path_prefix.as_deref().unwrap_or("/"),
    };
    let limit = asked.limit() + 1;
    let entities = cx.read(async |tx| store::iam::entities_of_policy(tx, &cx.account_id, &wanted, &after, limit).await).await?;
    let (entities, marker) = asked.cut(cx, &place, entities, |entity| entity.id.to_string())?;
    let mut response = Response { is_truncated: marker.is_some(), marker, ..Response::default() };
    for entity in entities {
        match entity.id.as_str().get(..4) {
            Some("AGPA") => response.policy_groups.push(PolicyGroup { group_name: entity.name, group_id: entity.id }),
            Some("AROA") => response.policy_roles.push(PolicyRole { role_name: entity.name, role_id: entity.id }),
            _ => response.policy_users.push(PolicyUser { user_name: entity.name, user_id: entity.id }),
        }
    }
    Ok(response)
}

impl EntityKind {
    /// What unique ids of the kind begin with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Role => "AROA",
            Self::Group => "AGPA",
            Self::LocalManagedPolicy | Self::AwsManagedPolicy => "ANPA",
        }
    }
}
