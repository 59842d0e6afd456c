//! InitiatePointInTimeRecovery: from its answer on nothing that users are is changed, until the recovery is applied, cancelled, or
//! has expired.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::recovery_answer::Response;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::clients::NoSuchPool;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::{self, recoveries, user_data, user_imports};
use crate::userpools::point_in_time::{Place, Recovery, RecoveryStatus, check_point, limit_reached};
use crate::userpools::pool::Pool;
use crate::userpools::user_data::Kind;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    /// Seconds.
    restore_timestamp: f64,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let now = cx.now();
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates as an integer, and no pool is as old or young as that")]
    let point = Timestamp::from_millis((request.restore_timestamp * 1000.0).round() as i64);
    let id = ids::uuid(&mut cx.rng());
    let recovery = cx
        .write(async |tx| {
            if !store::user_pools::exists(tx, &pool.id).await? {
                return Err(Error::from(NoSuchPool(pool.id.clone())));
            }
            let kept_since = user_data::kept_since(tx).await?;
            check_point(point, now, pool.created_at, kept_since).map_err(|refused| Error::parameter(refused.to_string()))?;
            // One that has expired is over, whether or not a node has written so.
            if let Some(last) = recoveries::active(tx, &pool.id).await?.filter(|last| !last.status_at(now).pauses()) {
                let status = last.status_at(now);
                recoveries::update(tx, &last.over(status)).await?;
            }
            let usage = recoveries::usage(tx, &pool.account_id, &pool.id, now).await?;
            if let Some(words) = limit_reached(&usage) {
                return Err(Error::LimitReached(words));
            }
            if user_imports::is_running(tx, &pool.id).await? {
                return Err(Error::ConcurrentModification("A user import job is in progress in the user pool."));
            }
            // A node whose clock is ahead may have written what is younger than this moment.
            let triggered_at = user_data::newest_change(tx, &pool.id).await?.map_or(now, |newest| newest.max(now));
            let recovery = Recovery {
                pool_id: pool.id.clone(),
                id: id.clone(),
                account_id: pool.account_id.clone(),
                status: RecoveryStatus::PreviewGenerating,
                restored_to: point,
                triggered_at,
                initiated_at: now,
                completed_at: None,
                due_at: Some(now),
                preview: None,
                place: Place::before(Kind::Name),
            };
            recoveries::insert(tx, &recovery).await?;
            Ok(recovery)
        })
        .await?;
    Ok(Response::of(&recovery, now))
}

#[cfg(test)]
mod tests;
