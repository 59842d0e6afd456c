//! VerifySoftwareToken: the first code of a new authenticator.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::{sessions, sign_in, software_token};
use crate::operation::OfHolder;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: Option<String>,
    session: Option<String>,
    user_code: String,
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
    match (holder, request.session) {
        (Some(Holder { user, .. }), None) => {
            cx.write(async |tx| software_token::verify(cx, tx, &user, &request.user_code).await).await?;
            Ok(Response { status: "SUCCESS", session: None })
        }
        (None, Some(text)) => {
            let (of, session, user) = sign_in::mfa_setup_user(cx, &text).await?;
            let verified = cx
                .write(async |tx| {
                    software_token::verify(cx, tx, &user, &request.user_code).await?;
                    sessions::spend(cx, tx, &of.pool.id, &session).await
                })
                .await;
            if let Err(Error::EnrolmentMismatch) = verified {
                cx.write(async |tx| sessions::fail(tx, &of.pool.id, &session).await).await?;
            }
            verified?;
            Ok(Response { status: "SUCCESS", session: Some(sign_in::mfa_verified_session(cx, &of, &user)?) })
        }
        _ => Err(Error::parameter("Only one of AccessToken and Session must be given")),
    }
}
