//! CreateUserImportJob: its answer has the address that takes the file. The role is kept, and whoever names it must be allowed to
//! pass it; the log is ours, and is written as nobody.

use std::time::Duration;

use serde::Deserialize;

use super::errors::Error;
use super::group_answer::{self, Found};
use super::import_answer::Response;
use crate::context::Context;
use crate::crypto::ids;
use crate::crypto::imported::Hashing;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::userpools::import::{ImportCounts, ImportJob, ImportStatus, MOST_IN_A_POOL};

/// A job that is not started by then expires.
///
/// Source: Amazon Cognito API reference, UserImportJobType, `Expired`.
const STARTED_WITHIN: Duration = Duration::from_secs(24 * 3600);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    job_name: String,
    user_pool_id: UserPoolId,
    cloud_watch_logs_role_arn: String,
    password_hashing_algorithm: Option<String>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        group_answer::resolve(cx, &self.user_pool_id, Some(&self.cloud_watch_logs_role_arn)).await
    }
}

pub async fn handle(cx: &Context, Found { pool_id, role_arn }: Found, request: Request) -> Result<Response, Error> {
    let unknown = || Error::parameter("Invalid PasswordHashingAlgorithm.");
    let hashing = request.password_hashing_algorithm.as_deref().map(|text| Hashing::parse(text).ok_or_else(unknown)).transpose()?;
    let now = cx.now();
    let job = ImportJob {
        pool_id,
        id: ids::import_job_id(&mut cx.rng()),
        name: request.job_name,
        role_arn: role_arn.unwrap_or(request.cloud_watch_logs_role_arn),
        hashing,
        status: ImportStatus::Created,
        uploaded_bytes: 0,
        next_byte: 0,
        lines: 0,
        columns: None,
        counts: ImportCounts::default(),
        message: None,
        created_at: now,
        started_at: None,
        completed_at: None,
    };
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &job.pool_id).await? {
            return Err(Error::from(NoSuchPool(job.pool_id.clone())));
        }
        store::user_data::check_open(tx, &job.pool_id).await?;
        if store::user_imports::count(tx, &job.pool_id, MOST_IN_A_POOL).await? >= MOST_IN_A_POOL {
            return Err(Error::LimitReached("The user pool has as many import jobs as it can have."));
        }
        Ok(store::user_imports::insert(tx, &job, now.plus(STARTED_WITHIN)).await?)
    })
    .await?;
    Ok(Response::of(cx, job))
}
