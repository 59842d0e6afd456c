//! DescribeUserImportJob: how far it is, too.

use std::sync::Arc;

use super::errors::Error;
use super::import_answer::{OneJob, Response};
use crate::context::Context;
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: OneJob) -> Result<Response, Error> {
    let job = cx.read(async |tx| request.find(tx, &pool).await).await?;
    Ok(Response::of(cx, job))
}
