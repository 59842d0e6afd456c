//! ListUsers, paged.

use serde::Serialize;

use super::answers::UserAnswer;
use super::errors::Error;
use super::pages::ByPath;
use crate::context::Context;
use crate::store;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, (): (), request: ByPath) -> Result<Response, Error> {
    let place = ["iam:ListUsers", cx.account_id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let users = cx.read(async |tx| store::iam::list_users(tx, &cx.account_id, request.prefix(), &after, asked.limit() + 1).await).await?;
    let (users, marker) = asked.cut(cx, &place, users, |user| user.id.to_string())?;
    let is_truncated = marker.is_some();
    Ok(Response { users: users.into_iter().map(UserAnswer::listed_with_use).collect(), is_truncated, marker })
}
