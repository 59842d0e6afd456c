//! DeleteAccountAlias.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    account_alias: String,
}

asks_about_everything!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let was_its_own = store::iam::delete_account_alias(tx, &cx.account_id, &request.account_alias).await?;
        let missing = || Error::NoSuchEntity(format!("The account alias {} cannot be found.", request.account_alias));
        if was_its_own { Ok(()) } else { Err(missing()) }
    })
    .await?;
    Ok(Response {})
}
