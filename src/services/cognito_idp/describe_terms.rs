//! DescribeTerms.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::terms_answer::{Response, no_such_terms};
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

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let terms = cx.read(async |tx| store::terms::find(tx, &pool.id, &request.terms_id).await).await?;
    Ok(terms.ok_or_else(no_such_terms)?.into())
}
