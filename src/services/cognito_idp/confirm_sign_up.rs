//! ConfirmSignUp.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::flows::sign_up;
use crate::operation::{OfClient, Proof};

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

impl OfClient for Request {
    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::SecretHash { username: &self.username, hash: self.secret_hash.as_deref() }
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, of: ClientOfPool, request: Request) -> Result<Response, Error> {
    sign_up::confirm(cx, &of, &request.username, &request.confirmation_code, request.force_alias_creation).await?;
    Ok(Response {})
}
