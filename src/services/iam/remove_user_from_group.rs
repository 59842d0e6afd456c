//! RemoveUserFromGroup: who is not in it is no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{group, owner};
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
        group::still(tx, &group).await?;
        let user = store::iam::find_user(tx, &cx.account_id, &request.user_name).await?;
        let user = user.ok_or_else(|| owner::no_user(&request.user_name))?;
        Ok::<_, Error>(store::iam::remove_member(tx, &cx.account_id, &group.id, &user.id).await?)
    })
    .await?;
    Ok(Response {})
}
