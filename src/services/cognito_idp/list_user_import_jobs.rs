//! ListUserImportJobs, paged, the newest first.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::import_answer::ImportAnswer;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    max_results: i64,
    pagination_token: Option<String>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_import_jobs: Vec<ImportAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let place = ["ListUserImportJobs", pool.id.as_str()];
    let asked = Asked::of(request.pagination_token.as_deref(), Some(request.max_results));
    let after = asked.after(cx, &place)?;
    let (made, id) = after.split_once(' ').unwrap_or_default();
    let after = (made.parse().unwrap_or(i64::MAX), id);
    let jobs = cx.read(async |tx| store::user_imports::list(tx, &pool.id, after, asked.read()).await).await?;
    let (jobs, pagination_token) = asked.cut(cx, &place, jobs, |job| format!("{} {}", job.created_at.millis(), job.id))?;
    Ok(Response { user_import_jobs: jobs.into_iter().map(|job| ImportAnswer::of(cx, job)).collect(), pagination_token })
}
