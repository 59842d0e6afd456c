//! UpdateResourceServer: name and scopes. Scopes that go are given to no token any more, whatever clients still list.

use std::sync::Arc;

use super::errors::Error;
use super::resource_server_answer::{Given, Response, missing};
use crate::context::Context;
use crate::store;
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Given) -> Result<Response, Error> {
    let server = request.read(&pool)?;
    let is_updated = cx.write(async |tx| store::resource_servers::update(tx, &server).await).await?;
    if is_updated { Ok(server.into()) } else { Err(missing(&server.identifier)) }
}
