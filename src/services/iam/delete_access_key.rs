//! DeleteAccessKey.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::Owner;
use crate::context::Context;
use crate::kit::id::AccessKeyId;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    access_key_id: AccessKeyId,
}

asks_about_owner!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        if store::iam::delete_key(tx, &cx.account_id, &owner.id(), &request.access_key_id).await? {
            Ok(())
        } else {
            Err(no_key(&request.access_key_id))
        }
    })
    .await?;
    Ok(Response {})
}

/// The user has no such key.
pub fn no_key(access_key_id: &AccessKeyId) -> Error {
    Error::NoSuchEntity(format!("The Access Key with id {access_key_id} cannot be found."))
}
