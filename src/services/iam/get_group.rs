//! GetGroup: the group and a page of its users.

use serde::{Deserialize, Serialize};

use super::answers::{GroupAnswer, UserAnswer};
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::entity::Group;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_group!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    group: GroupAnswer,
    users: Vec<UserAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<Response, Error> {
    let place = ["iam:GetGroup", cx.account_id.as_str(), group.id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    let users = cx.read(async |tx| store::iam::members(tx, &cx.account_id, &group.id, &after, asked.limit() + 1).await).await?;
    let (users, marker) = asked.cut(cx, &place, users, |user| user.id.to_string())?;
    let (is_truncated, users) = (marker.is_some(), users.into_iter().map(UserAnswer::listed).collect());
    Ok(Response { group: group.into(), users, is_truncated, marker })
}
