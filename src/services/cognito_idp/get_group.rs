//! GetGroup.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::group_answer::Response;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    group_name: String,
}

asks_about_pool_in_any_region!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let group = cx.read(async |tx| store::groups::find(tx, &pool.id, &request.group_name).await).await?;
    Ok(group.ok_or(Error::NoSuchGroup)?.into())
}
