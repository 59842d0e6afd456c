//! ResendConfirmationCode: where users are hidden, it answers as if it had sent one.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::flows::codes::{self, CodeDelivery, Purpose};
use crate::operation::{OfClient, Proof};
use crate::store;
use crate::userpools::user::UserStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
}

impl OfClient for Request {
    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::SecretHash { username: &self.username, hash: self.secret_hash.as_deref() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    code_delivery_details: Option<CodeDelivery>,
}

pub async fn handle(cx: &Context, of: ClientOfPool, request: Request) -> Result<Response, Error> {
    let hides = of.client.configuration.hides_users();
    let as_if_sent = || {
        let (local, domain) = request.username.split_once('@').unwrap_or((&request.username, "x"));
        codes::delivery_to("email", &format!("{local}@{domain}"))
    };
    let delivery = cx
        .write(async |tx| {
            let Some(user) = store::users::find(tx, &of.pool, &request.username).await? else {
                return if hides { Ok(as_if_sent()) } else { Err(Error::NoSuchUser) };
            };
            if user.status != UserStatus::Unconfirmed {
                return if hides { Ok(as_if_sent()) } else { Err(Error::parameter("User is already confirmed.")) };
            }
            let Some(address) = codes::verified_by_code(&of.pool, &user) else {
                return if hides {
                    Ok(as_if_sent())
                } else {
                    Err(Error::parameter("Cannot resend codes. Auto verification not turned on."))
                };
            };
            let purpose = (Purpose::SignUp, "CustomMessage_ResendCode");
            let sent = codes::send(cx, tx, (&of.pool, &user), purpose, address).await?;
            Ok(if hides { as_if_sent() } else { sent })
        })
        .await?;
    Ok(Response { code_delivery_details: Some(delivery) })
}
