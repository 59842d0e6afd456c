//! StartPointInTimeRecovery: what was previewed is applied, by whichever node looks first.

use std::sync::Arc;

use super::errors::Error;
use super::recovery_answer::{OneRecovery, Response, wrong_status};
use crate::context::Context;
use crate::store::recoveries;
use crate::userpools::point_in_time::{Recovery, RecoveryStatus};
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, _: Arc<Pool>, request: OneRecovery) -> Result<Response, Error> {
    let now = cx.now();
    let recovery = cx
        .write(async |tx| {
            let recovery = request.find(tx).await?;
            if recovery.status_at(now) != RecoveryStatus::PreviewGenerated {
                return Err(wrong_status("started", &recovery, now));
            }
            let started = Recovery { status: RecoveryStatus::Restoring, due_at: Some(now), ..recovery };
            recoveries::update(tx, &started).await?;
            Ok(started)
        })
        .await?;
    Ok(Response::of(&recovery, now))
}

#[cfg(test)]
mod tests;
