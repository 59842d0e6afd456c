//! GetUserPoolSessionConfiguration.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::session_answer::OfPool;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool!(Request);

pub async fn handle(_: &Context, pool: Arc<Pool>, _: Request) -> Result<OfPool, Error> {
    Ok(OfPool::new(pool.id.clone(), pool.configuration.session_configuration))
}
