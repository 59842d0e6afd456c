//! AdminInitiateAuth.

use serde::Deserialize;

use super::auth_answer::{self, Answer};
use super::auth_request::{self, Parameters, Side};
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
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Parameters,
    session: Option<String>,
    client_metadata: Option<Parameters>,
    context_data: Option<ContextData>,
}

asks_about_client_in_any_region!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Answer, Error> {
    let (address, told) = (context_data::address(request.context_data.as_ref()), Told::beginning(request.client_metadata));
    let entrance = auth_answer::enter(cx, app_client, told, address, &request.auth_parameters).await?;
    let given = auth_request::initiate(Side::Admin, &request.auth_flow, &request.auth_parameters, request.session.as_deref())?;
    auth_answer::initiate(&entrance, given).await
}
