//! DescribePointInTimeRecovery.

use std::sync::Arc;

use super::errors::Error;
use super::recovery_answer::{OneRecovery, Response};
use crate::context::Context;
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, _: Arc<Pool>, request: OneRecovery) -> Result<Response, Error> {
    let recovery = cx.read(async |tx| request.find(tx).await).await?;
    Ok(Response::of(&recovery, cx.now()))
}
