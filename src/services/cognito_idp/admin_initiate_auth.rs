//! AdminInitiateAuth.

use serde::Deserialize;

use super::errors::{Error, no_session};
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::flows::sign_in::{self, Answer, Parameters, Side};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Parameters,
    session: Option<String>,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, of: ClientOfPool, request: Request) -> Result<Answer, Error> {
    no_session(request.session.as_deref())?;
    sign_in::initiate(cx, &of, Side::Admin, &request.auth_flow, &request.auth_parameters).await
}
