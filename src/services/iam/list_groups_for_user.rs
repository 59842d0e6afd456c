//! ListGroupsForUser, paged.

use serde::Deserialize;

use super::answers::GroupsAnswer;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::entity::User;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_user!(Request);

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<GroupsAnswer, Error> {
    let place = ["iam:ListGroupsForUser", cx.account_id.as_str(), user.id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let groups = cx.read(async |tx| store::iam::groups_of(tx, &cx.account_id, &user.id).await).await?;
    Ok(asked.of_whole(cx, &place, groups, |group| group.id.to_string())?.into())
}
