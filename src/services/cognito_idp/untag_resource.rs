//! UntagResource: a key that is not there is none to take away.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{found, tag_resource};
use crate::context::Context;
use crate::operation::{Asks, Fault, Resolved};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = Arc<Pool>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Arc<Pool>>, Fault> {
        Ok(found::pool_of_arn(cx, &self.resource_arn).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    tag_resource::change(cx, &pool, async |mut tags| {
        tags.retain(|key, _| !request.tag_keys.contains(key));
        Ok(tags)
    })
    .await?;
    Ok(Response {})
}
