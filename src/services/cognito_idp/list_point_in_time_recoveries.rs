//! ListPointInTimeRecoveries, paged, the newest first.

use std::sync::Arc;

use serde::Serialize;

use super::errors::Error;
use super::pages::PageOfPool;
use super::recovery_answer::RestorationDescription;
use crate::context::Context;
use crate::store::recoveries;
use crate::userpools::pool::Pool;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    restorations: Vec<RestorationDescription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: PageOfPool) -> Result<Response, Error> {
    let place = ["ListPointInTimeRecoveries", pool.id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let (initiated, id) = after.split_once(' ').unwrap_or_default();
    let after = (initiated.parse().unwrap_or(i64::MAX), id);
    let found = cx.read(async |tx| recoveries::list(tx, &pool.id, after, asked.read()).await).await?;
    let (found, next_token) = asked.cut(cx, &place, found, |recovery| format!("{} {}", recovery.initiated_at.millis(), recovery.id))?;
    let now = cx.now();
    Ok(Response { restorations: found.iter().map(|recovery| RestorationDescription::of(recovery, now)).collect(), next_token })
}
