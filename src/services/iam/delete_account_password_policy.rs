//! DeleteAccountPasswordPolicy: AWS's default holds from then on.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::password_policy;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
pub struct Request {}

asks_about_everything!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (): (), _: Request) -> Result<Response, Error> {
    let was_there = cx.write(async |tx| store::iam::delete_password_policy(tx, &cx.account_id).await).await?;
    if was_there { Ok(Response {}) } else { Err(password_policy::none(cx)) }
}
