//! AdminRespondToAuthChallenge.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::flows::clients;
use crate::flows::sign_in::{self, Answer, Parameters};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    client_id: String,
    challenge_name: String,
    session: Option<String>,
    #[serde(default)]
    challenge_responses: Parameters,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Answer, Error> {
    refuse_unsupported(&request.rest)?;
    let of = clients::find_own(cx, &request.user_pool_id, &request.client_id).await?;
    sign_in::respond(cx, &of, &request.challenge_name, request.session.as_deref(), &request.challenge_responses).await
}
