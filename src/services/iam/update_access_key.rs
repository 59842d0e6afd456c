//! UpdateAccessKey: an inactive key is refused at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::delete_access_key::no_key;
use super::errors::Error;
use super::owner::Owner;
use crate::context::Context;
use crate::iam::entity::AccessKey;
use crate::kit::id::AccessKeyId;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    access_key_id: AccessKeyId,
    status: String,
}

asks_about_owner!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    let active = match request.status.as_str() {
        "Active" => true,
        "Inactive" => false,
        other => return Err(Error::InvalidInput(format!("Status {other} is not supported"))),
    };
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        let key = store::iam::find_key(tx, &cx.account_id, &request.access_key_id).await?;
        let key = key.filter(|key| key.owner_id == owner.id()).ok_or_else(|| no_key(&request.access_key_id))?;
        store::iam::set_key_status(tx, &AccessKey { active, ..key }).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
