//! ListGroups, paged by name.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::group_answer::Page;
use crate::context::Context;
use crate::flows::paging;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

/// What a page has that is not told how long it may be.
const MOST: i64 = 60;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    limit: Option<i64>,
    next_token: Option<String>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Page, Error> {
    let place = ["ListGroups", pool.id.as_str()];
    let after = paging::open(cx, &place, request.next_token.as_deref()).map_err(|_| Error::parameter("Invalid NextToken."))?;
    let limit = request.limit.filter(|limit| *limit > 0).unwrap_or(MOST);
    let groups = cx.read(async |tx| store::groups::list(tx, &pool.id, &after, limit + 1).await).await?;
    let (groups, next_token) = paging::cut(cx, &place, groups, limit, |group| group.name.clone())?;
    Ok(Page::of(groups, next_token))
}
