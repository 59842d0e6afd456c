//! SignUp.

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::flows::codes::CodeDelivery;
use crate::flows::{clients, sign_up};
use crate::kit::secret::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    password: Option<Secret>,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_delivery_details: Option<CodeDelivery>,
    user_sub: String,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let of = clients::find(cx, &request.client_id).await?;
    of.check_secret_hash(cx, &[&request.username], request.secret_hash.as_deref())?;
    let password = request.password.ok_or_else(|| Error::parameter("Password is required"))?;
    let attributes = by_name(request.user_attributes);
    let (user, code_delivery_details) = sign_up::sign_up(cx, &of, &request.username, &password, attributes).await?;
    Ok(Response { user_confirmed: false, code_delivery_details, user_sub: user.id })
}
