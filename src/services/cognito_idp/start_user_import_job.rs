//! StartUserImportJob: a job whose file is there, of a pool that verifies addresses and imports nothing else.

use std::sync::Arc;

use super::errors::Error;
use super::import_answer::{OneJob, Response};
use crate::context::Context;
use crate::store;
use crate::userpools::import::{ImportJob, ImportStatus};
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: OneJob) -> Result<Response, Error> {
    let now = cx.now();
    let job = cx
        .write(async |tx| {
            let job = request.find(tx, &pool).await?;
            if job.status != ImportStatus::Created {
                return Err(Error::PreconditionNotMet(format!("Import Job cannot be started in {} state.", job.status.as_str())));
            }
            if job.uploaded_bytes == 0 {
                return Err(Error::PreconditionNotMet("The CSV file has not been uploaded yet.".to_owned()));
            }
            if job.hashing.is_none() && pool.configuration.auto_verified_attributes.is_empty() {
                return Err(Error::PreconditionNotMet("The user pool must have at least one auto-verified attribute.".to_owned()));
            }
            store::user_data::check_open(tx, &pool.id).await?;
            if store::user_imports::is_running(tx, &pool.id).await? {
                return Err(Error::PreconditionNotMet("Another import job of the user pool is in progress.".to_owned()));
            }
            let started = ImportJob { status: ImportStatus::Pending, started_at: Some(now), ..job };
            store::user_imports::update(tx, &started, Some(now)).await?;
            Ok(started)
        })
        .await?;
    Ok(Response::of(cx, job))
}
