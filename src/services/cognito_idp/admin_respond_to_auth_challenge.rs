//! AdminRespondToAuthChallenge.

use serde::Deserialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
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
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, of: ClientOfPool, request: Request) -> Result<Answer, Error> {
    sign_in::respond(cx, &of, &request.challenge_name, request.session.as_deref(), &request.challenge_responses).await
}
