//! Import jobs as the wire tells of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::{App, Context};
use crate::flows::user_imports::upload_address;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::{self, Conn};
use crate::userpools::import::ImportJob;
use crate::userpools::pool::Pool;

/// UserImportJobType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ImportAnswer {
    job_name: String,
    job_id: String,
    user_pool_id: UserPoolId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pre_signed_url: Option<String>,
    creation_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_date: Option<Timestamp>,
    status: &'static str,
    cloud_watch_logs_role_arn: String,
    imported_users: i64,
    skipped_users: i64,
    failed_users: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hashing_algorithm: Option<&'static str>,
}

impl ImportAnswer {
    /// A job.
    pub fn of(app: &App, job: ImportJob) -> Self {
        Self {
            pre_signed_url: upload_address(app, &job),
            job_name: job.name,
            job_id: job.id,
            user_pool_id: job.pool_id,
            creation_date: job.created_at,
            start_date: job.started_at,
            completion_date: job.completed_at,
            status: job.status.as_str(),
            cloud_watch_logs_role_arn: job.role_arn,
            imported_users: job.counts.imported,
            skipped_users: job.counts.skipped,
            failed_users: job.counts.failed,
            completion_message: job.message,
            password_hashing_algorithm: job.hashing.map(crate::crypto::imported::Hashing::as_str),
        }
    }
}

/// A request about one job.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneJob {
    user_pool_id: UserPoolId,
    job_id: String,
}

asks_about_pool!(OneJob);

impl OneJob {
    /// The job, in the caller's transaction.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find(&self, tx: &mut Conn, pool: &Arc<Pool>) -> Result<ImportJob, Error> {
        let found = store::user_imports::find(tx, &pool.id, &self.job_id).await?;
        found.ok_or_else(|| Error::ResourceNotFound(format!("Import Job {} does not exist.", self.job_id)))
    }
}

/// The answer about one job.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_import_job: ImportAnswer,
}

impl Response {
    /// About this job.
    pub fn of(cx: &Context, job: ImportJob) -> Self {
        Self { user_import_job: ImportAnswer::of(cx, job) }
    }
}
