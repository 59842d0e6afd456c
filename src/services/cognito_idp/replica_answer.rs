//! Replicas as answers give them.

use serde::Serialize;

use super::errors::Error;
use crate::iam::arn::Arn;
use crate::store::{self, Conn};
use crate::userpools::pool::Pool;
use crate::userpools::replica::Replica;

/// The answer that is a replica.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_replica: ReplicaAnswer,
}

/// UserPoolReplicaType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplicaAnswer {
    /// The region.
    pub region_name: String,
    status: &'static str,
    role: &'static str,
    user_pool_arn: Arn,
}

impl ReplicaAnswer {
    /// A region that serves a pool beside its own.
    pub fn secondary(pool: &Pool, replica: &Replica, status: &'static str) -> Self {
        let user_pool_arn = Arn::user_pool(&replica.region, &pool.account_id, &pool.id);
        Self { region_name: replica.region.clone(), status, role: "SECONDARY", user_pool_arn }
    }

    /// The pool's own region.
    pub fn primary(pool: &Pool) -> Self {
        let user_pool_arn = Arn::user_pool(&pool.region, &pool.account_id, &pool.id);
        Self { region_name: pool.region.clone(), status: "ACTIVE", role: "PRIMARY", user_pool_arn }
    }
}

impl From<ReplicaAnswer> for Response {
    fn from(user_pool_replica: ReplicaAnswer) -> Self {
        Self { user_pool_replica }
    }
}

/// The replica of a pool in a region, in the transaction that acts on it.
pub async fn find(tx: &mut Conn, pool: &Pool, region: &str) -> Result<Replica, Error> {
    if region == pool.region {
        return Err(Error::parameter("The primary replica of a user pool cannot be changed or deleted."));
    }
    let missing = || Error::ResourceNotFound(format!("User pool {} has no replica in {region}.", pool.id));
    store::replicas::find(tx, &pool.id, region).await?.ok_or_else(missing)
}
