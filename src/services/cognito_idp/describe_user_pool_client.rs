//! DescribeUserPoolClient.

use serde::{Deserialize, Serialize};

use super::client_answer::ClientAnswer;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    client_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_client: ClientAnswer,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let of = clients::find_own(cx, &request.user_pool_id, &request.client_id).await?;
    Ok(Response { user_pool_client: ClientAnswer::of(cx, &of)? })
}
