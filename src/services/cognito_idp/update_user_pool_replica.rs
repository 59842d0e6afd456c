//! UpdateUserPoolReplica: has a region serve users, or administrators only. It can be called in any region that serves the pool.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::replica_answer::{self, ReplicaAnswer, Response};
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::replica::{Replica, ReplicaStatus};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    region_name: String,
    status: String,
}

asks_about_pool_in_any_region!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let status = ReplicaStatus::parse(&request.status).ok_or_else(|| Error::parameter("Invalid Status."))?;
    cx.write(async |tx| {
        let primary = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
        let replica = Replica { status, ..replica_answer::find(tx, &primary, &request.region_name).await? };
        store::replicas::update(tx, &replica).await?;
        Ok::<_, Error>(ReplicaAnswer::secondary(&primary, &replica, status.as_str()).into())
    })
    .await
}
