//! StopUserImportJob: what is imported stays.

use std::sync::Arc;

use super::errors::Error;
use super::import_answer::{OneJob, Response};
use crate::context::Context;
use crate::store;
use crate::userpools::import::{ImportJob, ImportStatus};
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: OneJob) -> Result<Response, Error> {
    let job = cx
        .write(async |tx| {
            let job = request.find(tx, &pool).await?;
            if !matches!(job.status, ImportStatus::Pending | ImportStatus::InProgress) {
                return Err(Error::PreconditionNotMet(format!("Import Job cannot be stopped in {} state.", job.status.as_str())));
            }
            let stopping = ImportJob { status: ImportStatus::Stopping, ..job };
            store::user_imports::update(tx, &stopping, Some(cx.now())).await?;
            Ok(stopping)
        })
        .await?;
    Ok(Response::of(cx, job))
}

#[cfg(test)]
mod tests;
