//! ListUsers, paged, with its filter.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::filter::{self, Filter};
use crate::context::Context;
use crate::flows::paging;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

const MOST: i64 = 60;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    attributes_to_get: Option<Vec<String>>,
    limit: Option<i64>,
    pagination_token: Option<String>,
    filter: Option<String>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let text = request.filter.unwrap_or_default();
    let filter = match text.trim() {
        "" => None,
        text => Some(filter::parse(text).ok_or_else(|| Error::parameter("Error while parsing filter."))?),
    };
    let place = ["ListUsers", &pool.id, &text];
    let after = paging::open(cx, &place, request.pagination_token.as_deref()).map_err(|_| Error::parameter("Invalid pagination token."))?;
    let limit = request.limit.filter(|limit| *limit > 0).unwrap_or(MOST);
    let users = page(cx, &pool.id, filter.as_ref(), &after, limit + 1).await?;
    let (users, pagination_token) = paging::cut(cx, &place, users, limit, |user| user.id.clone());
    let shows = |name: &str| request.attributes_to_get.as_ref().is_none_or(|names| names.iter().any(|wanted| wanted == name));
    Ok(Response { users: users.iter().map(|user| UserAnswer::of(user, shows)).collect(), pagination_token })
}

async fn page(cx: &Context, pool_id: &str, filter: Option<&Filter>, after: &str, limit: i64) -> Result<Vec<User>, Error> {
    let users = cx.read(async |tx| match filter {
        None => store::users::list(tx, pool_id, after, limit).await,
        Some(filter) if filter.attribute == "sub" => {
            let user = store::users::find_by_id(tx, pool_id, &filter.value).await?;
            Ok(user.into_iter().filter(|user| user.id.as_str() > after).collect())
        }
        Some(filter) => {
            let wanted = (filter.attribute.as_str(), filter.comparison, filter.value.as_str());
            store::users::search(tx, pool_id, wanted, after, limit).await
        }
    });
    Ok(users.await?)
}
