//! UntagResource: a key that is not there is none to take away.

use serde::{Deserialize, Serialize};

use super::errors::{Error, pool_of_arn};
use super::tag_resource::change;
use crate::context::Context;
use crate::identitypools::pool::IdentityPool;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = IdentityPool;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<IdentityPool>, Fault> {
        Ok(pool_of_arn(cx, &self.resource_arn).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    change(cx, &pool, |mut tags| {
        tags.retain(|key, _| !request.tag_keys.contains(key));
        Ok(tags)
    })
    .await?;
    Ok(Response {})
}
