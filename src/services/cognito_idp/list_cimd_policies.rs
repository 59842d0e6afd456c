//! ListCIMDPolicies, paged by id.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cimd_answer::Summary;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    next_token: Option<String>,
    max_results: Option<i64>,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(rename = "CIMDPolicies")]
    policies: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let place = ["ListCIMDPolicies", pool.id.as_str()];
    let asked = Asked::of(request.next_token.as_deref(), request.max_results);
    let after = asked.after(cx, &place)?;
    let policies = cx.read(async |tx| store::client_metadata::list(tx, &pool.id, &after, asked.read()).await).await?;
    let (policies, next_token) = asked.cut(cx, &place, policies, |policy| policy.id.clone())?;
    Ok(Response { policies: policies.into_iter().map(Summary::from).collect(), next_token })
}
