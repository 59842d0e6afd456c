//! AdminGetUserAuthFactors.

use std::sync::Arc;

use serde::Deserialize;

use super::answers::find_user;
use super::errors::Error;
use super::get_user_auth_factors::Response;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    Ok(Response::of(&pool, &find_user(cx, &pool, &request.username).await?))
}
