//! Whether the region that an unsigned call goes to does what it asks: most of it is the primary's alone.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

use super::Fault;
use crate::context::Context;
use crate::flows::{access, clients, sign_in};
use crate::kit::id::UserPoolId;
use crate::store::{StoreError, replicas};
use crate::userpools::pool::Pool;
use crate::userpools::replica::{ReplicaStatus, serves_users};

/// What a region says that has a replica for administrators only.
pub const INACTIVE_REPLICA: &str = "The replica of the user pool in this region is INACTIVE.";

/// What a region says that has a replica, of what is the primary's.
pub const SECONDARY_REGION: &str = "This operation is not enabled in a secondary region of the user pool.";

/// Refuses what the replica in the region does not do that the host of an unsigned call names. Where the pool has none in that
/// region, the primary answers.
///
/// SECURITY: the host is the caller's word. It chooses among the replicas that there are, and nothing that is stored, sent or
/// answered follows it.
///
/// # Errors
/// OperationNotEnabledException; our own failures.
pub async fn check(cx: &Context, operation: &str, input: &Value) -> Result<(), Fault> {
    let Some(region) = &cx.host_region else { return Ok(()) };
    let Some(pool) = named(cx, input).await?.filter(|pool| pool.region != *region) else { return Ok(()) };
    let replica = cx.read(async |tx| replicas::find(tx, &pool.id, region).await).await?;
    let refused = match replica.map(|replica| replica.status) {
        Some(ReplicaStatus::Inactive) => INACTIVE_REPLICA,
        Some(ReplicaStatus::Active) if !serves_users(operation) => SECONDARY_REGION,
        Some(ReplicaStatus::Active) | None => return Ok(()),
    };
    Err(Fault::Modelled("OperationNotEnabledException", refused.to_owned()))
}

/// The pool that an unsigned call names, by whatever it names it.
async fn named(cx: &Context, input: &Value) -> Result<Option<Arc<Pool>>, StoreError> {
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    if let Some(id) = text("ClientId") {
        return Ok(clients::find(cx, &id.into()).await?.map(|found| found.pool));
    }
    if let Some(token) = text("AccessToken") {
        return access::claimed_pool(cx, token).await;
    }
    if let Some(session) = text("Session") {
        return Ok(sign_in::client_of(cx, session).await?.ok().map(|found| found.pool));
    }
    match text("UserPoolId") {
        Some(id) => cx.pool(&UserPoolId::from(id)).await,
        None => Ok(None),
    }
}
