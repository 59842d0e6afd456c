//! GetCallerIdentity: who the credentials belong to. No permission is needed, and no Deny takes it away.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;

#[derive(Deserialize)]
pub struct Request {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_id: String,
    account: String,
    arn: String,
}

pub async fn handle(cx: &Context, _: Request) -> Result<Response, Error> {
    Ok(Response { user_id: cx.caller.user_id(), account: cx.account_id.to_string(), arn: cx.caller.principal().to_string() })
}
