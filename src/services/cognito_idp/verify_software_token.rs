//! VerifySoftwareToken: the first code of a new authenticator.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::{sign_in, software_token};
use crate::operation::OfHolder;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: Option<String>,
    session: Option<String>,
    user_code: String,
    friendly_device_name: Option<String>,
}

impl OfHolder for Request {
    fn access_token(&self) -> Option<&str> {
        self.access_token.as_deref()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub async fn handle(cx: &Context, holder: Option<Holder>, request: Request) -> Result<Response, Error> {
    let (code, device_name) = (request.user_code.as_str(), request.friendly_device_name.as_deref());
    let session = match (holder, request.session) {
        (Some(holder), None) => {
            software_token::verify(cx, &holder, code, device_name).await?;
            None
        }
        (None, Some(session)) => Some(sign_in::verify(cx, &session, code, device_name).await?),
        _ => return Err(Error::parameter("Only one of AccessToken and Session must be given")),
    };
    Ok(Response { status: "SUCCESS", session })
}
