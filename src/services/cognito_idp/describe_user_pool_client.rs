//! DescribeUserPoolClient.

use serde::{Deserialize, Serialize};

use super::client_answer::ClientAnswer;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
}

asks_about_client!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_client: ClientAnswer,
}

pub async fn handle(cx: &Context, app_client: AppClient, _: Request) -> Result<Response, Error> {
    Ok(Response { user_pool_client: ClientAnswer::of(cx, &app_client)? })
}
