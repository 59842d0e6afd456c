//! AddUserToGroup: who is in it already stays. What the group may do, the user may from this moment on.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::group;
use crate::context::Context;
use crate::iam::entity::Group;
use crate::store;

/// How many groups a user is in at most.
///
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const GROUPS_PER_USER: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    user_name: String,
}

asks_about_group!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let (group, user) = group::still_with(tx, &group, &request.user_name).await?;
        store::iam::add_member(tx, &cx.account_id, &group.id, &user.id).await?;
        if store::iam::groups_of(tx, &cx.account_id, &user.id).await?.len() > GROUPS_PER_USER {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for GroupsPerUser: {GROUPS_PER_USER}")));
        }
        Ok(())
    })
    .await?;
    Ok(Response {})
}
