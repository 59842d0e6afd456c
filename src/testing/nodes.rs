//! Two nodes on one database: what one changes, the other goes by within a second.

use std::time::Duration;

use serde_json::{Value, json};

use super::TestApp;
use crate::flows::pool_keys;
use crate::kit::id::UserPoolId;
use crate::store::changes;

const READS: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#;
const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

async fn mfa(node: &TestApp, pool_id: &UserPoolId) -> Value {
    let described = node.admin().call("DescribeUserPool", json!({"UserPoolId": pool_id})).await.ok();
    described["UserPool"]["MfaConfiguration"].clone()
}

async fn set_mfa(node: &TestApp, pool_id: &UserPoolId, mode: &str) {
    let token = json!({"Enabled": mode != "OFF"});
    let input = json!({"UserPoolId": pool_id, "MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": token});
    node.admin().call("SetUserPoolMfaConfig", input).await.ok();
}

#[actix_web::test]
async fn a_change_holds_here_at_once_and_elsewhere_once_it_is_heard_of() {
    let here = TestApp::new().await;
    let there = here.another_node().await;
    there.app.db.catch_up().await.unwrap();
    let pool = here.pool().await;
    assert_eq!((mfa(&here, &pool.id).await, mfa(&there, &pool.id).await), (json!("OFF"), json!("OFF")));
    set_mfa(&here, &pool.id, "OPTIONAL").await;
    assert_eq!((mfa(&here, &pool.id).await, mfa(&there, &pool.id).await), (json!("OPTIONAL"), json!("OFF")));
    there.app.db.catch_up().await.unwrap();
    assert_eq!(mfa(&there, &pool.id).await, "OPTIONAL");
}

#[actix_web::test]
async fn a_node_that_hears_nothing_believes_its_caches_for_a_second() {
    let here = TestApp::new().await;
    let there = here.another_node().await;
    there.app.db.catch_up().await.unwrap();
    let pool = here.pool().await;
    assert_eq!(mfa(&there, &pool.id).await, "OFF");
    set_mfa(&here, &pool.id, "OPTIONAL").await;
    here.advance(Duration::from_millis(999));
    assert_eq!(mfa(&there, &pool.id).await, "OFF");
    here.advance(Duration::from_millis(1));
    assert_eq!(mfa(&there, &pool.id).await, "OPTIONAL");
}

#[actix_web::test]
async fn a_deleted_pool_takes_its_clients_and_keys_out_of_every_cache() {
    let here = TestApp::new().await;
    let there = here.another_node().await;
    there.app.db.catch_up().await.unwrap();
    let pool = here.pool().await;
    let held = async |node: &TestApp| {
        let client = node.app.client(&pool.client_id).await.unwrap().is_some();
        let keys = pool_keys::load(&node.app, &pool.id).await.unwrap().is_some();
        (node.app.pool(&pool.id).await.unwrap().is_some(), client, keys)
    };
    assert_eq!((held(&here).await, held(&there).await), ((true, true, true), (true, true, true)));
    pool.admin("DeleteUserPool", json!({})).await.ok();
    assert_eq!((held(&here).await, held(&there).await), ((false, false, false), (true, true, true)));
    there.app.db.catch_up().await.unwrap();
    assert_eq!(held(&there).await, (false, false, false));
}

#[actix_web::test]
async fn a_policy_and_a_key_that_are_taken_away_are_taken_away_everywhere() {
    let here = TestApp::new().await;
    let there = here.another_node().await;
    there.app.db.catch_up().await.unwrap();
    here.admin().call("CreateUser", json!({"UserName": "ann"})).await.ok();
    let policy = |document: &str| json!({"UserName": "ann", "PolicyName": "p", "PolicyDocument": document});
    here.admin().call("PutUserPolicy", policy(READS)).await.ok();
    let key = here.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"].clone();
    let text = |member: &str| key[member].as_str().unwrap().to_owned();
    let (id, secret) = (text("AccessKeyId"), text("SecretAccessKey"));
    let asks = async |node: &TestApp| node.holder_of(&id, &secret, None).call("iam:GetUser", json!({})).await.code();
    assert_eq!((asks(&here).await, asks(&there).await), (String::new(), String::new()));

    here.admin().call("PutUserPolicy", policy(NOTHING)).await.ok();
    assert_eq!((asks(&here).await.as_str(), asks(&there).await.as_str()), ("AccessDenied", ""));
    there.app.db.catch_up().await.unwrap();
    assert_eq!(asks(&there).await, "AccessDenied");

    let inactive = json!({"UserName": "ann", "AccessKeyId": id, "Status": "Inactive"});
    here.admin().call("UpdateAccessKey", inactive).await.ok();
    assert_eq!((asks(&here).await.as_str(), asks(&there).await.as_str()), ("InvalidClientTokenId", "AccessDenied"));
    there.app.db.catch_up().await.unwrap();
    assert_eq!(asks(&there).await, "InvalidClientTokenId");
}

#[actix_web::test]
async fn users_and_their_sign_ins_leave_no_record_of_changes() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let records = async || app.app.read(async |tx| changes::count(tx).await).await.unwrap();
    let before = records().await;
    assert!(before > 0, "the pool's keys");
    pool.user("alice").await.signed_in().await;
    assert_eq!(records().await, before);
}
