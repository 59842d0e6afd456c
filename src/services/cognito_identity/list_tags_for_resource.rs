//! ListTagsForResource.

use serde::{Deserialize, Serialize};

use super::errors::{Error, pool_of_arn};
use crate::context::Context;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::Tags;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
}

asks!(Request => IdentityPool, |asked, cx| pool_of_arn(cx, &asked.resource_arn).await);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    tags: Tags,
}

pub async fn handle(_: &Context, pool: IdentityPool, _: Request) -> Result<Response, Error> {
    Ok(Response { tags: pool.tags })
}
