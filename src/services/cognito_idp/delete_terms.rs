//! DeleteTerms.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::terms_answer::no_such_terms;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    terms_id: String,
    user_pool_id: UserPoolId,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let is_deleted = cx.write(async |tx| store::terms::delete(tx, &pool.id, &request.terms_id).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(no_such_terms()) }
}
