//! DeleteGroup.

use serde::{Deserialize, Serialize};

use super::attachments;
use super::errors::{Error, MEMBERS_FIRST, POLICIES_FIRST};
use super::group;
use crate::context::Context;
use crate::iam::entity::Group;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
}

asks_about_group!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, group: Group, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        group::still(tx, &group).await?;
        if !store::iam::members(tx, &group.account_id, &group.id, "", 1).await?.is_empty() {
            return Err(Error::DeleteConflict(MEMBERS_FIRST));
        }
        attachments::check_detached(tx, &group).await?;
        if !store::iam::policy_names(tx, &group.account_id, &group.id).await?.is_empty() {
            return Err(Error::DeleteConflict(POLICIES_FIRST));
        }
        Ok::<_, Error>(store::iam::delete_group(tx, &group.account_id, &group.id).await?)
    })
    .await?;
    Ok(Response {})
}
