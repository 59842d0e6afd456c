//! RemoveUserFromGroup: who is not in it is no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::group;
use crate::context::Context;
use crate::iam::entity::Group;
use crate::store;

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
        Ok::<_, Error>(store::iam::remove_member(tx, &cx.account_id, &group.id, &user.id).await?)
    })
    .await?;
    Ok(Response {})
}
