//! ListGroups, paged.

use serde::Deserialize;

use super::answers::GroupsAnswer;
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

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<GroupsAnswer, Error> {
    let place = ["iam:ListGroups", cx.account_id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let after = asked.after(cx, &place)?;
    let prefix = request.path_prefix.unwrap_or_else(|| "/".to_owned());
    let groups = cx.read(async |tx| store::iam::list_groups(tx, &cx.account_id, &prefix, &after, asked.limit() + 1).await).await?;
    Ok(asked.cut(cx, &place, groups, |group| group.id.to_string())?.into())
}
