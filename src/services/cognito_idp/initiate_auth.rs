//! InitiateAuth.

use serde::Deserialize;

use super::auth_answer::{self, Answer};
use super::auth_request::{self, Parameters, Side};
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
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Parameters,
    session: Option<String>,
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
    let (address, told) = (users_address(cx, &app_client, request.user_context_data.as_ref()), Told::beginning(request.client_metadata));
    let entrance = auth_answer::enter(cx, app_client, told, address, &request.auth_parameters).await?;
    let given = auth_request::initiate(Side::Client, &request.auth_flow, &request.auth_parameters, request.session.as_deref())?;
    auth_answer::initiate(&entrance, given).await
}
