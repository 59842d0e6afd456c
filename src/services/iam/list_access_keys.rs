//! ListAccessKeys. A user has two at most, so there is one page.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::{self, Owner};
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

impl Asks for Request {
    type Found = Owner;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Owner>, Fault> {
        owner::found(cx, self.user_name.as_deref()).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_key_metadata: Vec<Metadata>,
    is_truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metadata {
    user_name: String,
    access_key_id: String,
    status: &'static str,
    create_date: Timestamp,
}

pub async fn handle(cx: &Context, owner: Owner, _: Request) -> Result<Response, Error> {
    let keys = cx.read(async |tx| store::iam::keys_of(tx, &cx.account_id, owner.id()).await).await?;
    let metadata = keys.into_iter().map(|key| Metadata {
        user_name: owner.name().to_owned(),
        status: key.status(),
        create_date: key.created_at,
        access_key_id: key.id,
    });
    Ok(Response { access_key_metadata: metadata.collect(), is_truncated: false })
}
