//! ListAccessKeys. A user has two at most, so there is one page.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
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

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let (user, keys) = cx
        .read(async |tx| {
            let (owner_id, user) = owner::owner_id(cx, tx, request.user_name.as_deref()).await?;
            Ok::<_, Error>((user, store::iam::keys_of(tx, &cx.account_id, &owner_id).await?))
        })
        .await?;
    let user_name = user.map(|user| user.name).unwrap_or_default();
    let metadata = keys.into_iter().map(|key| Metadata {
        user_name: user_name.clone(),
        status: key.status(),
        create_date: key.created_at,
        access_key_id: key.id,
    });
    Ok(Response { access_key_metadata: metadata.collect(), is_truncated: false })
}
