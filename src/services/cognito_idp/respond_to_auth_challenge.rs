//! RespondToAuthChallenge.

use serde::Deserialize;

use super::auth_answer::{self, Answer};
use super::auth_request::{self, Parameters};
use super::context_data::{UserContextData, users_address};
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
    user_context_data: Option<UserContextData>,
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
    let (address, told) = (users_address(cx, &app_client, request.user_context_data.as_ref()), Told::of(request.client_metadata));
    let entrance = auth_answer::enter(cx, app_client, told, address, &request.challenge_responses).await?;
    let given = auth_request::respond(&request.challenge_name, request.session.as_deref(), &request.challenge_responses)?;
    auth_answer::respond(&entrance, given).await
}
