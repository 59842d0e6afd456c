//! ListGroups, paged by name.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::group_answer::Page;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    limit: Option<i64>,
    next_token: Option<String>,
}

asks_about_pool_in_any_region!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Page, Error> {
    let place = ["ListGroups", pool.id.as_str()];
    let asked = Asked::of(request.next_token.as_deref(), request.limit);
    let after = asked.after(cx, &place)?;
    let groups = cx.read(async |tx| store::groups::list(tx, &pool.id, &after, asked.read()).await).await?;
    let (groups, next_token) = asked.cut(cx, &place, groups, |group| group.name.clone())?;
    Ok(Page::of(groups, next_token))
}
