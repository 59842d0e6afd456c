//! AdminRespondToAuthChallenge.

use serde::Deserialize;

use super::auth_answer::{self, Answer};
use super::auth_request::{self, Parameters};
use super::context_data::{self, ContextData};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::triggers::Told;
use crate::kit::id::{ClientId, UserPoolId};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    challenge_name: String,
    session: Option<String>,
    context_data: Option<ContextData>,
    #[serde(default)]
    challenge_responses: Parameters,
    client_metadata: Option<Parameters>,
}

asks_about_client_in_any_region!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Answer, Error> {
    let (address, told) = (context_data::address(request.context_data.as_ref()), Told::of(request.client_metadata));
    let entrance = auth_answer::enter(cx, app_client, told, address, &request.challenge_responses).await?;
    let given = auth_request::respond(&request.challenge_name, request.session.as_deref(), &request.challenge_responses)?;
    auth_answer::respond(&entrance, given).await
}
