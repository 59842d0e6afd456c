//! AdminInitiateAuth.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::flows::clients;
use crate::flows::sign_in::{self, Answer, Parameters, Side};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Parameters,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Answer, Error> {
    refuse_unsupported(&request.rest)?;
    let of = clients::find_own(cx, &request.user_pool_id, &request.client_id).await?;
    sign_in::initiate(cx, &of, Side::Admin, &request.auth_flow, &request.auth_parameters).await
}
