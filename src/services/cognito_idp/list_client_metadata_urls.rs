//! ListClientMetadataURLs: what is remembered for a policy, paged by address.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cimd_answer;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::cimd::CachedDocument;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    #[serde(rename = "CIMDPolicyId")]
    cimd_policy_id: String,
    next_token: Option<String>,
    max_results: Option<i64>,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(rename = "ClientMetadataURLs")]
    urls: Vec<ClientMetadataUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// ClientMetadataURLType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ClientMetadataUrl {
    #[serde(rename = "URL")]
    url: String,
    cached_date: Timestamp,
    expiration_date: Timestamp,
}

impl From<CachedDocument> for ClientMetadataUrl {
    fn from(cached: CachedDocument) -> Self {
        Self { url: cached.url, cached_date: cached.cached_at, expiration_date: cached.expires_at }
    }
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let policy = cimd_answer::read(cx, &pool, &request.cimd_policy_id).await?;
    let place = ["ListClientMetadataURLs", pool.id.as_str(), policy.id.as_str()];
    let asked = Asked::of(request.next_token.as_deref(), request.max_results);
    let after = asked.after(cx, &place)?;
    let now = cx.now();
    let cached = cx.read(async |tx| store::client_metadata::documents(tx, &policy, now, &after, asked.read()).await).await?;
    let (cached, next_token) = asked.cut(cx, &place, cached, |cached| cached.url.clone())?;
    Ok(Response { urls: cached.into_iter().map(ClientMetadataUrl::from).collect(), next_token })
}
