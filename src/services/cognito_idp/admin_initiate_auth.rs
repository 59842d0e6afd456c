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
    let whence =
        auth_answer::whence(cx, &app_client, context_data::address(request.context_data.as_ref()), &request.auth_parameters).await?;
    let session = request.session.as_deref();
    let app_client = app_client.telling(Told::beginning(request.client_metadata));
    let asked = auth_request::initiate(Side::Admin, &request.auth_flow, &request.auth_parameters, session)?;
    auth_answer::initiate(cx, &app_client, asked, &request.auth_parameters, whence).await
}
