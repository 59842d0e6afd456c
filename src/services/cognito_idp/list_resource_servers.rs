//! ListResourceServers, paged by identifier.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use super::resource_server_answer::ResourceServerAnswer;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    max_results: Option<i64>,
    next_token: Option<String>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    resource_servers: Vec<ResourceServerAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let place = ["ListResourceServers", pool.id.as_str()];
    let asked = Asked::of(request.next_token.as_deref(), request.max_results);
    let after = asked.after(cx, &place)?;
    let servers = cx.read(async |tx| store::resource_servers::list(tx, &pool.id, &after, asked.read()).await).await?;
    let (servers, next_token) = asked.cut(cx, &place, servers, |server| server.identifier.clone())?;
    Ok(Response { resource_servers: servers.into_iter().map(ResourceServerAnswer::from).collect(), next_token })
}
