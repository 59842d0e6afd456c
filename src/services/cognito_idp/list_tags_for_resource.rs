//! ListTagsForResource.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::found;
use crate::context::Context;
use crate::operation::{Asks, Fault, Resolved};
use crate::userpools::pool::Pool;
use crate::userpools::tags::Tags;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
}

impl Asks for Request {
    type Found = Arc<Pool>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Arc<Pool>>, Fault> {
        found::pool_of_arn(cx, &self.resource_arn).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    tags: Tags,
}

pub async fn handle(_: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    Ok(Response { tags: pool.configuration.user_pool_tags.clone() })
}
