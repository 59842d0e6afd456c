//! Recoveries whose node dies, and those that meet what cannot be read.

use std::time::Duration;

use serde_json::json;

use crate::jobs::recover::put_back_some;
use crate::store::{StoreError, recoveries, user_data};
use crate::testing::{PASSWORD, TestApp, TestPool};

const LATER: Duration = Duration::from_secs(20 * 60);

/// A pool of which everything was deleted that it had at the moment.
async fn emptied(app: &TestApp) -> (TestPool<'_>, crate::kit::clock::Timestamp) {
    let pool = app.pool().await;
    pool.admin("CreateGroup", json!({"GroupName": "staff"})).await.ok();
    for name in ["alice", "bob", "carol"] {
        pool.user(name).await;
        pool.admin("AdminAddUserToGroup", json!({"GroupName": "staff", "Username": name})).await.ok();
    }
    let point = app.app.now();
    app.advance(LATER);
    for name in ["alice", "bob", "carol"] {
        pool.admin("AdminDeleteUser", json!({"Username": name})).await.ok();
    }
    pool.admin("DeleteGroup", json!({"GroupName": "staff"})).await.ok();
    (pool, point)
}

async fn members(pool: &TestPool<'_>) -> usize {
    let listed = pool.admin("ListUsersInGroup", json!({"GroupName": "staff"})).await.ok();
    listed["Users"].as_array().unwrap().len()
}

#[actix_web::test]
async fn a_recovery_whose_node_dies_at_any_step_is_finished_by_another() {
    for steps in [1, 2, 5, 9, 12] {
        let app = TestApp::new().await;
        let (pool, point) = emptied(&app).await;
        let (id, preview) = pool.previewed(point).await;
        assert_eq!((&preview["Users"], &preview["Groups"]), (&json!([3, 0, 0]), &json!([1, 0, 0])));
        pool.recovery("Start", &id).await.ok();
        let pool_id = &pool.id;
        for _ in 0..steps {
            let step = async |tx: &mut crate::store::Conn| {
                let recovery = recoveries::active(tx, pool_id).await?.unwrap();
                put_back_some(tx, &recovery, 1, app.app.now()).await
            };
            app.app.write(step).await.unwrap();
        }
        assert_eq!(pool.recovery("Describe", &id).await.ok()["Restoration"]["RestoreStatus"], "RESTORING");
        let new = pool.admin("AdminCreateUser", json!({"Username": "new", "MessageAction": "SUPPRESS"})).await;
        assert_eq!(new.code(), "OperationNotEnabledException");
        app.advance(Duration::from_secs(2));
        app.another_node().await.run_jobs().await;
        assert_eq!(pool.recovery("Describe", &id).await.ok()["Restoration"]["RestoreStatus"], "RESTORE_COMPLETED");
        for name in ["alice", "bob", "carol"] {
            pool.sign_in(name, PASSWORD).await.ok();
        }
        assert_eq!(members(&pool).await, 3, "after {steps} steps");
    }
}

#[actix_web::test]
async fn a_past_that_cannot_be_read_fails_a_preview_and_holds_up_no_other_pool() {
    let app = TestApp::new().await;
    let (pool, point) = emptied(&app).await;
    let (other, point_of_other) = emptied(&app).await;
    let spoil = async |pool: &TestPool<'_>| {
        app.app.write(async |tx| user_data::spoil(tx, &pool.id).await).await.unwrap();
    };
    let again = pool.initiate(point).await.ok()["Restoration"]["RestoreId"].clone();
    spoil(&pool).await;
    app.advance(Duration::from_secs(2));
    app.run_jobs().await;
    assert_eq!(pool.recovery("Describe", &again).await.ok()["Restoration"]["RestoreStatus"], "PREVIEW_GENERATION_FAILED");
    pool.admin("AdminCreateUser", json!({"Username": "new", "MessageAction": "SUPPRESS"})).await.ok();

    let (id, _) = other.previewed(point_of_other).await;
    spoil(&other).await;
    other.recovery("Start", &id).await.ok();
    app.advance(Duration::from_secs(2));
    app.run_jobs().await;
    let stuck = other.recovery("Describe", &id).await.ok()["Restoration"]["RestoreStatus"].clone();
    assert_eq!(stuck, "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE");
    assert_eq!(other.recovery("Cancel", &id).await.code(), "InvalidParameterException");
    let new = other.admin("AdminCreateUser", json!({"Username": "new", "MessageAction": "SUPPRESS"})).await;
    assert_eq!(new.code(), "OperationNotEnabledException", "what is half restored is not let go");
    // Deleting the pool takes the recovery along.
    other.admin("DeleteUserPool", json!({})).await.ok();
    app.app
        .read(async |tx| {
            assert!(recoveries::active(tx, &other.id).await?.is_none());
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}
