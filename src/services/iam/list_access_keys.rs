//! ListAccessKeys, paged.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::Owner;
use crate::context::Context;
use crate::flows::paging;
use crate::iam::entity::AccessKey;
use crate::kit::clock::Timestamp;
use crate::kit::id::AccessKeyId;
use crate::store;

const DEFAULT_PAGE: i64 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_owner!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_key_metadata: Vec<Metadata>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metadata {
    user_name: String,
    access_key_id: AccessKeyId,
    status: &'static str,
    create_date: Timestamp,
}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    let owner_id = owner.id();
    let keys = cx.read(async |tx| store::iam::keys_of(tx, &cx.account_id, &owner_id).await).await?;
    let place = ["iam:ListAccessKeys", cx.account_id.as_str(), owner_id.as_str()];
    let after = paging::open(cx, &place, request.marker.as_deref()).map_err(|_| Error::Missing("Invalid Marker.".to_owned()))?;
    // A user has two at most: all of them are read, and cut.
    let rest = keys.iter().position(|key| key.id == after.as_str()).map_or(0, |last| last + 1);
    let keys = keys.into_iter().skip(rest).collect();
    let (keys, marker) = paging::cut(cx, &place, keys, request.max_items.unwrap_or(DEFAULT_PAGE), |key: &AccessKey| key.id.to_string())?;
    let is_truncated = marker.is_some();
    let metadata = keys.into_iter().map(|key| Metadata {
        user_name: owner.name().to_owned(),
        status: key.status(),
        create_date: key.created_at,
        access_key_id: key.id,
    });
    Ok(Response { access_key_metadata: metadata.collect(), is_truncated, marker })
}
