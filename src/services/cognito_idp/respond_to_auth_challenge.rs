//! RespondToAuthChallenge.

use serde::Deserialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::flows::sign_in::{self, Answer, Parameters};
use crate::operation::{OfClient, Proof};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: String,
    challenge_name: String,
    session: Option<String>,
    #[serde(default)]
    challenge_responses: Parameters,
}

impl OfClient for Request {
    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::InFlow
    }
}

pub async fn handle(cx: &Context, of: ClientOfPool, request: Request) -> Result<Answer, Error> {
    sign_in::respond(cx, &of, &request.challenge_name, request.session.as_deref(), &request.challenge_responses).await
}
