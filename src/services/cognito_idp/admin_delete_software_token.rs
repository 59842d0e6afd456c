//! AdminDeleteSoftwareToken: the way back in for who lost their authenticator.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::second_factors;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    second_factors::forget_software_token(cx, &pool, &request.username).await?;
    Ok(Response {})
}
