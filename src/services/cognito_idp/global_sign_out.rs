//! GlobalSignOut: every sign-in of the token's holder ends, this one included.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, _: Request) -> Result<Response, Error> {
    let user = holder.user;
    cx.write(async |tx| store::tokens::revoke_all(tx, &user.pool_id, &user.id, cx.now()).await).await?;
    Ok(Response {})
}
