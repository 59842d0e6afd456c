//! InitiateAuth.

use serde::Deserialize;

use super::errors::{Error, no_session};
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::flows::sign_in::{self, Answer, Parameters, Side};
use crate::operation::{OfClient, Proof};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Parameters,
    session: Option<String>,
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
    no_session(request.session.as_deref())?;
    sign_in::initiate(cx, &of, Side::Client, &request.auth_flow, &request.auth_parameters).await
}
