//! GetUserPoolMfaConfig.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::set_user_pool_mfa_config::Response;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool_in_any_region!(Request);

pub async fn handle(_: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    Ok(Response::of(&pool.configuration))
}
