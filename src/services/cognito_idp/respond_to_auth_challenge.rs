//! RespondToAuthChallenge.

use serde::Deserialize;

use super::auth_answer::{self, Answer};
use super::auth_request::{self, Parameters};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::triggers::Told;
use crate::kit::id::ClientId;
use crate::operation::{OfClient, Proof};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    challenge_name: String,
    session: Option<String>,
    #[serde(default)]
    challenge_responses: Parameters,
    client_metadata: Option<Parameters>,
}

impl OfClient for Request {
    fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::InFlow
    }
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Answer, Error> {
    let whence = auth_answer::whence(cx, &app_client, cx.origin.source_ip, &request.challenge_responses).await?;
    let app_client = app_client.telling(Told::of(request.client_metadata));
    let responses = &request.challenge_responses;
    let given = auth_request::respond(&request.challenge_name, request.session.as_deref(), responses)?;
    auth_answer::respond(cx, &app_client, given, responses, whence).await
}
