//! ListUserPools, paged: the pools of the account in the region of the call.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    max_results: i64,
    next_token: Option<String>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pools: Vec<Described>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    id: UserPoolId,
    name: String,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let place = ["ListUserPools", cx.account_id.as_str(), &cx.region];
    let asked = Asked::of(request.next_token.as_deref(), Some(request.max_results));
    let after = asked.after(cx, &place)?;
    let pools = cx.read(async |tx| store::user_pools::list(tx, &cx.account_id, &cx.region, &after, asked.read()).await).await?;
    let (pools, next_token) = asked.cut(cx, &place, pools, |pool| pool.id.to_string())?;
    let described = |pool: crate::userpools::pool::Pool| Described {
        id: pool.id,
        name: pool.name,
        last_modified_date: pool.modified_at,
        creation_date: pool.created_at,
    };
    Ok(Response { user_pools: pools.into_iter().map(described).collect(), next_token })
}
