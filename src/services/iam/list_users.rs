//! ListUsers, paged.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let place = ["iam:ListUsers", cx.account_id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    let prefix = request.path_prefix.unwrap_or_else(|| "/".to_owned());
    let users = cx.read(async |tx| store::iam::list_users(tx, &cx.account_id, &prefix, &after, asked.limit() + 1).await).await?;
    let (users, marker) = asked.cut(cx, &place, users, |user| user.id.to_string())?;
    let is_truncated = marker.is_some();
    Ok(Response { users: users.into_iter().map(UserAnswer::listed).collect(), is_truncated, marker })
}
