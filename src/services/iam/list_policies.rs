//! ListPolicies: the account's and AWS's, paged.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use super::policy_answers::PolicyAnswer;
use super::policy_usage::PolicyUsage;
use crate::context::Context;
use crate::iam::aws_policies::{self, AwsPolicy};
use crate::iam::managed_policy::{ManagedPolicy, Usage, Uses};
use crate::kit::id::UniqueId;
use crate::store::{self, Conn};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    only_attached: bool,
    path_prefix: Option<String>,
    policy_usage_filter: Option<PolicyUsage>,
    marker: Option<String>,
    max_items: Option<i64>,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
enum Scope {
    #[default]
    All,
    #[serde(rename = "AWS")]
    Aws,
    Local,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policies: Vec<PolicyAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let place = ["iam:ListPolicies", cx.account_id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    let (found, marker, uses) = cx
        .read(async |tx| {
            let mut found = request.of_aws(cx, tx, &after).await?;
            if request.scope != Scope::Aws {
                let (prefix, limit) = (request.prefix(), asked.limit() + 1);
                found.extend(store::iam::list_managed_policies(tx, &cx.account_id, prefix, request.usage(), &after, limit).await?);
            }
            found.sort_by(|one, other| one.id.cmp(&other.id));
            let (found, marker) = asked.cut(cx, &place, found, |policy| policy.id.to_string())?;
            let uses = uses_of(cx, tx, &found).await?;
            Ok::<_, Error>((found, marker, uses))
        })
        .await?;
    let answer = |policy: ManagedPolicy| {
        let uses = uses.get(&policy.id).copied().unwrap_or_default();
        PolicyAnswer::listed(policy, uses)
    };
    Ok(Response { policies: found.into_iter().map(answer).collect(), is_truncated: marker.is_some(), marker })
}

/// How many have each of these policies, which are in the order of their ids.
async fn uses_of(cx: &Context, tx: &mut Conn, policies: &[ManagedPolicy]) -> Result<HashMap<UniqueId, Uses>, Error> {
    let (Some(first), Some(last)) = (policies.first(), policies.last()) else { return Ok(HashMap::new()) };
    Ok(store::iam::uses_between(tx, &cx.account_id, &first.id, &last.id).await?)
}

impl Request {
    fn prefix(&self) -> &str {
        self.path_prefix.as_deref().unwrap_or("/")
    }

    /// How a policy must be used: "attached" is what grants, unless boundaries are asked for.
    fn usage(&self) -> Option<Usage> {
        let filter = self.policy_usage_filter.map(Usage::from);
        filter.or_else(|| self.only_attached.then_some(Usage::Permissions))
    }

    /// AWS's policies: a few.
    async fn of_aws(&self, cx: &Context, tx: &mut Conn, after: &str) -> Result<Vec<ManagedPolicy>, Error> {
        if self.scope == Scope::Local {
            return Ok(Vec::new());
        }
        let mut found: Vec<ManagedPolicy> = aws_policies::ALL.iter().map(AwsPolicy::policy).collect();
        found.retain(|policy| policy.id.as_str() > after && policy.path.starts_with(self.prefix()));
        if let Some(usage) = self.usage() {
            let uses = uses_of(cx, tx, &found).await?;
            found.retain(|policy| {
                let Uses { attachments, boundaries } = uses.get(&policy.id).copied().unwrap_or_default();
                match usage {
                    Usage::Permissions => attachments > 0,
                    Usage::Boundary => boundaries > 0,
                }
            });
        }
        Ok(found)
    }
}
