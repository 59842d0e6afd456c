//! CreateGroup.

use serde::{Deserialize, Serialize};

use super::answers::GroupAnswer;
use super::errors::Error;
use super::group::taken;
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::entity::Group;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

/// How many groups an account has at most.
///
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const GROUPS_PER_ACCOUNT: i64 = 300;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    path: Option<String>,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        let path = self.path.as_deref().unwrap_or("/");
        Ok(Resolved::one(Ok(()), Ask::on(Arn::group(&cx.account_id, path, &self.group_name))))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    group: GroupAnswer,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let group = Group {
        account_id: cx.account_id.clone(),
        name: request.group_name,
        id: ids::unique_id("AGPA", &mut cx.rng()),
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        created_at: cx.now(),
    };
    cx.write(async |tx| {
        match store::iam::insert_group(tx, &group).await {
            Err(error) if error.is_unique_violation() => return Err(taken(&group.name)),
            outcome => outcome?,
        }
        if store::iam::count_groups(tx, &group.account_id, GROUPS_PER_ACCOUNT + 1).await? > GROUPS_PER_ACCOUNT {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for GroupsPerAccount: {GROUPS_PER_ACCOUNT}")));
        }
        Ok(())
    })
    .await?;
    Ok(Response { group: group.into() })
}
