//! DescribeCIMDPolicy.

use std::sync::Arc;

use serde::Deserialize;

use super::cimd_answer::{self, Response};
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    #[serde(rename = "CIMDPolicyId")]
    cimd_policy_id: String,
}

asks_about_pool_in_any_region!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    Ok(cimd_answer::read(cx, &pool, &request.cimd_policy_id).await?.into())
}
