//! SignUp.

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::flows::codes::CodeDelivery;
use crate::flows::sign_up;
use crate::kit::secret::Secret;
use crate::operation::{OfClient, Proof};

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

impl OfClient for Request {
    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::SecretHash { username: &self.username, hash: self.secret_hash.as_deref() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_delivery_details: Option<CodeDelivery>,
    user_sub: String,
}

pub async fn handle(cx: &Context, of: ClientOfPool, request: Request) -> Result<Response, Error> {
    let password = request.password.ok_or_else(|| Error::parameter("Password is required"))?;
    let attributes = by_name(request.user_attributes);
    let (user, code_delivery_details) = sign_up::sign_up(cx, &of, &request.username, &password, attributes).await?;
    Ok(Response { user_confirmed: false, code_delivery_details, user_sub: user.id })
}
