//! DeleteUserPoolReplica: from the primary region, and of a replica that serves no users any more.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::replica_answer::{self, ReplicaAnswer, Response};
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::replica::ReplicaStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    region_name: String,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let deleted = cx
        .write(async |tx| {
            let replica = replica_answer::find(tx, &pool, &request.region_name).await?;
            if replica.status != ReplicaStatus::Inactive {
                return Err(Error::parameter("The replica must be INACTIVE before it can be deleted."));
            }
            store::replicas::delete(tx, &pool.id, &replica.region).await?;
            Ok(replica)
        })
        .await?;
    Ok(ReplicaAnswer::secondary(&pool, &deleted, "DELETING").into())
}
