//! CancelPointInTimeRecovery: the preview is discarded, and users may be changed again.

use std::sync::Arc;

use super::errors::Error;
use super::recovery_answer::{OneRecovery, Response, wrong_status};
use crate::context::Context;
use crate::store::recoveries;
use crate::userpools::point_in_time::RecoveryStatus;
use crate::userpools::pool::Pool;

pub async fn handle(cx: &Context, _: Arc<Pool>, request: OneRecovery) -> Result<Response, Error> {
    let now = cx.now();
    let recovery = cx
        .write(async |tx| {
            let recovery = request.find(tx).await?;
            if !recovery.status_at(now).is_preview() {
                return Err(wrong_status("canceled", &recovery, now));
            }
            let cancelled = recovery.over(RecoveryStatus::PreviewCancelled);
            recoveries::update(tx, &cancelled).await?;
            Ok(cancelled)
        })
        .await?;
    Ok(Response::of(&recovery, now))
}
