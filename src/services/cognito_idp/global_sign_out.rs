//! GlobalSignOut: every sign-in of the token's holder ends, this one included.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let user = access::holder(cx, &request.access_token).await?.user;
    cx.write(async |tx| store::tokens::revoke_all(tx, &user.pool_id, &user.id, cx.now()).await).await?;
    Ok(Response {})
}
