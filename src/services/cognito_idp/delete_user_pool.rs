//! DeleteUserPool.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

const PROTECTED: &str =
    "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";

const HAS_DOMAIN: &str = "User pool cannot be deleted. It has a domain configured that should be deleted first.";

pub async fn handle(cx: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        // Read here: what this node holds of the pool may be from before another protected it.
        let now = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
        if now.configuration.deletion_protected() {
            return Err(Error::parameter(PROTECTED));
        }
        if !store::domains::of_pool(tx, &pool.id).await?.is_empty() {
            return Err(Error::parameter(HAS_DOMAIN));
        }
        Ok(store::user_pools::delete(tx, &pool.id).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::store::user_pools;
    use crate::testing::TestApp;
    use crate::userpools::pool::{DeletionProtection, PoolConfiguration};

    #[actix_web::test]
    async fn a_pool_that_another_node_protected_is_not_deleted() {
        let here = TestApp::new().await;
        let there = here.another_node().await;
        there.app.db.catch_up().await.unwrap();
        let pool = here.pool().await;
        let held = async || there.app.pool(&pool.id).await.unwrap().unwrap();
        let configuration = PoolConfiguration { deletion_protection: DeletionProtection::Active, ..held().await.configuration.clone() };
        let now = here.app.now();
        here.app.write(async |tx| user_pools::update(tx, &pool.id, &configuration, now).await).await.unwrap();
        assert!(!held().await.configuration.deletion_protected(), "it has not heard of it");
        let delete = async || there.admin().call("DeleteUserPool", json!({"UserPoolId": pool.id})).await.code();
        assert_eq!(delete().await, "InvalidParameterException");
        pool.admin("DescribeUserPool", json!({})).await.ok();
    }
}
