//! ConfirmSignUp.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::{clients, sign_up};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    confirmation_code: String,
    #[serde(default)]
    force_alias_creation: bool,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let of = clients::find(cx, &request.client_id).await?;
    of.check_secret_hash(cx, &[&request.username], request.secret_hash.as_deref())?;
    sign_up::confirm(cx, &of, &request.username, &request.confirmation_code, request.force_alias_creation).await?;
    Ok(Response {})
}
