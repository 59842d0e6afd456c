//! GetUser: the holder of an access token, with the attributes that their client may read.

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, MfaSettings, attributes};
use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::userpools::linked_identity::ATTRIBUTE;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
}

carries_access_token!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    username: String,
    user_attributes: Vec<Attribute>,
    #[serde(flatten)]
    mfa: MfaSettings,
}

pub async fn handle(cx: &Context, holder: Holder, _: Request) -> Result<Response, Error> {
    let client = cx.client(&holder.claims.client_id).await?;
    let shows =
        |name: &str| name == "sub" || name == ATTRIBUTE || client.as_ref().is_some_and(|client| client.configuration.may_read(name));
    Ok(Response { user_attributes: attributes(&holder.user, shows), mfa: MfaSettings::of(&holder.user), username: holder.user.username })
}
