//! ListUserPoolReplicas: the pool's own region first, then the others.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use super::replica_answer::ReplicaAnswer;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    next_token: Option<String>,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_replicas: Vec<ReplicaAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let place = ["ListUserPoolReplicas", pool.id.as_str()];
    let asked = Asked::of(request.next_token.as_deref(), None);
    let after = asked.after(cx, &place)?;
    let (primary, replicas) = cx
        .read(async |tx| {
            let primary = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
            Ok::<_, Error>((primary, store::replicas::of_pool(tx, &pool.id).await?))
        })
        .await?;
    let secondary = replicas.iter().map(|replica| ReplicaAnswer::secondary(&primary, replica, replica.status.as_str()));
    let first = Some(ReplicaAnswer::primary(&primary)).filter(|_| after.is_empty());
    let all = first.into_iter().chain(secondary.filter(|replica| replica.region_name > after)).collect();
    let (user_pool_replicas, next_token) = asked.cut(cx, &place, all, |replica| replica.region_name.clone())?;
    Ok(Response { user_pool_replicas, next_token })
}
