//! ResendConfirmationCode: where users are hidden, it answers as if it had sent one.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::codes::CodeDelivery;
use crate::flows::{clients, sign_up};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    code_delivery_details: CodeDelivery,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let of = clients::find(cx, &request.client_id).await?;
    of.check_secret_hash(cx, &[&request.username], request.secret_hash.as_deref())?;
    Ok(Response { code_delivery_details: sign_up::resend(cx, &of, &request.username).await? })
}
