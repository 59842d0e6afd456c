//! GetUserPoolMfaConfig.

use serde::Deserialize;

use super::errors::Error;
use super::set_user_pool_mfa_config::Response;
use crate::context::Context;
use crate::flows::clients::own_pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    Ok(Response::of(&own_pool(cx, &request.user_pool_id).await?.configuration))
}
