//! InitiateAuth.

use serde::Deserialize;

use super::auth_answer::{self, Answer};
use super::auth_request::{self, Parameters, Side};
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
    let whence = auth_answer::whence(cx, &app_client, cx.origin.source_ip, &request.auth_parameters).await?;
    let session = request.session.as_deref();
    let app_client = app_client.telling(Told::beginning(request.client_metadata));
    let asked = auth_request::initiate(Side::Client, &request.auth_flow, &request.auth_parameters, session)?;
    auth_answer::initiate(cx, &app_client, asked, &request.auth_parameters, whence).await
}
