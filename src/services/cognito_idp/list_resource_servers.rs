//! ListResourceServers, paged by identifier.

use std::sync::Arc;

use serde::Serialize;

use super::errors::Error;
use super::pages::PageOfPool;
use super::resource_server_answer::ResourceServerAnswer;
use crate::context::Context;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    resource_servers: Vec<ResourceServerAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: PageOfPool) -> Result<Response, Error> {
    let place = ["ListResourceServers", pool.id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let servers = cx.read(async |tx| store::resource_servers::list(tx, &pool.id, &after, asked.read()).await).await?;
    let (servers, next_token) = asked.cut(cx, &place, servers, |server| server.identifier.clone())?;
    Ok(Response { resource_servers: servers.into_iter().map(ResourceServerAnswer::from).collect(), next_token })
}
