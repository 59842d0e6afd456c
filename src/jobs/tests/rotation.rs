//! Signing keys as they take turns, and what becomes of the tokens that they signed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::super::{rotate, work};
use super::{expired_sessions, is_left, run_due};
use crate::crypto::sealed::Sealed;
use crate::flows::pool_keys;
use crate::jobs::held::{Held, Interrupted, LEASE};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::signing_keys::{self, Due, StoredKey};
use crate::store::{Conn, StoreError, jobs};
use crate::testing::{TestApp, TestPool};
use crate::userpools::signing_keys::{KeyState, Standing, Turn};

const HOUR: Duration = Duration::from_secs(3600);
const DAYS_90: Duration = Duration::from_secs(90 * 24 * 3600);
const MILLISECOND: Duration = Duration::from_millis(1);

/// The names of the keys that a node publishes, in their order.
async fn published(node: &TestApp, pool_id: &UserPoolId) -> Vec<String> {
    let path = format!("/{pool_id}/.well-known/jwks.json");
    let keys = node.send(actix_web::http::Method::GET, &path, &[], Vec::new()).await.ok()["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(token: &Value) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.as_str().unwrap().split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

/// A client whose tokens live for the longest time that there is.
async fn pool_of_long_tokens(app: &TestApp) -> TestPool<'_> {
    app.pool_with(json!({}), json!({"AccessTokenValidity": 24, "IdTokenValidity": 24})).await
}

async fn get_user(node: &TestApp, tokens: &Value) -> String {
    node.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.code()
}

/// Claims rotation as a node that is never heard of again.
async fn claim(app: &TestApp, lease: &str) -> Option<jobs::Job> {
    let now = app.app.now();
    app.app
        .write(async |tx| {
            jobs::plant(tx, "rotate", "only", "{}", now).await?;
            jobs::claim(tx, "rotate", lease, now, now.plus(LEASE)).await
        })
        .await
        .unwrap()
}

async fn rotate_as(app: &TestApp, job: &jobs::Job, lease: &str) -> Result<(), Interrupted> {
    let (_running, stopping) = watch::channel(false);
    rotate::run(&Held { app: &app.app, job: job.clone(), lease: lease.to_owned(), stopping: &stopping }).await
}

#[actix_web::test]
async fn the_next_key_takes_its_turn_and_the_last_stays_until_its_tokens_have_expired() {
    let app = TestApp::new().await;
    let pool = pool_of_long_tokens(&app).await;
    let user = pool.user("alice").await;
    let [first, second] = published(&app, &pool.id).await.try_into().unwrap();
    app.advance(DAYS_90 - MILLISECOND);
    run_due(&app.app).await.unwrap();
    let before = user.signed_in().await;
    assert_eq!((kid(&before["AccessToken"]), kid(&before["IdToken"])), (first.clone(), first.clone()));

    app.advance(HOUR);
    run_due(&app.app).await.unwrap();
    let [current, third, previous] = published(&app, &pool.id).await.try_into().unwrap();
    assert_eq!((&current, &previous), (&second, &first), "what signs was published before it did");
    assert!(![&first, &second].contains(&&third));
    let after = user.signed_in().await;
    assert_eq!((kid(&after["AccessToken"]), kid(&after["IdToken"])), (second.clone(), second.clone()));
    assert_eq!((get_user(&app, &before).await, get_user(&app, &after).await), (String::new(), String::new()));
    let metrics = app.send(actix_web::http::Method::GET, "/metrics", &[], Vec::new()).await.text;
    assert!(metrics.contains("\npasswright_signing_key_rotations_total 1\n"), "{metrics}");

    // The token that was signed last has expired an hour before its key goes.
    app.advance(24 * HOUR);
    run_due(&app.app).await.unwrap();
    assert_eq!(published(&app, &pool.id).await, [second.clone(), third.clone(), first]);
    app.advance(HOUR);
    run_due(&app.app).await.unwrap();
    assert_eq!(published(&app, &pool.id).await, [second, third.clone()]);
    assert_eq!(app.app.rotations.load(Ordering::Relaxed), 1);

    app.advance(DAYS_90);
    run_due(&app.app).await.unwrap();
    assert_eq!(published(&app, &pool.id).await[0], third, "and so on");
}

#[actix_web::test]
async fn a_key_never_goes_before_a_token_that_it_signed_at_its_end() {
    let app = TestApp::new().await;
    let pool = pool_of_long_tokens(&app).await;
    let user = pool.user("alice").await;
    app.advance(DAYS_90);
    let tokens = user.signed_in().await;
    run_due(&app.app).await.unwrap();
    for _ in 0..23 {
        app.advance(HOUR);
        run_due(&app.app).await.unwrap();
        assert_eq!(get_user(&app, &tokens).await, "");
    }
    app.advance(HOUR - MILLISECOND);
    assert_eq!(get_user(&app, &tokens).await, "");
    app.advance(MILLISECOND);
    assert_eq!(get_user(&app, &tokens).await, "NotAuthorizedException");
}

#[actix_web::test]
async fn a_node_that_has_not_heard_of_it_verifies_what_the_risen_key_signs_and_signs_what_others_verify() {
    let here = TestApp::new().await;
    let there = here.another_node().await;
    let pool = pool_of_long_tokens(&here).await;
    let user = pool.user("alice").await;
    here.advance(DAYS_90);
    there.app.db.catch_up().await.unwrap();
    let before = published(&there, &pool.id).await;
    run_due(&here.app).await.unwrap();
    let risen = user.signed_in().await;
    assert_eq!(published(&there, &pool.id).await, before, "it has not heard of it");
    assert_eq!(kid(&risen["AccessToken"]), before[1]);
    assert_eq!(get_user(&there, &risen).await, "");
    let parameters = json!({"REFRESH_TOKEN": risen["RefreshToken"]});
    let refresh = json!({"ClientId": pool.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
    let refreshed = there.anonymous().call("InitiateAuth", refresh).await.ok()["AuthenticationResult"].clone();
    assert_eq!(kid(&refreshed["AccessToken"]), before[0]);
    assert_eq!(get_user(&here, &refreshed).await, "");
    there.app.db.catch_up().await.unwrap();
    assert_eq!(published(&there, &pool.id).await, published(&here, &pool.id).await);
}

#[actix_web::test]
async fn a_token_of_a_key_that_is_gone_is_of_no_key() {
    let app = TestApp::new().await;
    let pool = pool_of_long_tokens(&app).await;
    let tokens = pool.user("alice").await.signed_in().await;
    for _ in 0..2 {
        app.advance(DAYS_90);
        run_due(&app.app).await.unwrap();
    }
    // Its signature is asked for before its age is.
    let refused = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
    assert_eq!(refused.message(), "Invalid Access Token");
}

#[actix_web::test]
async fn of_two_nodes_at_once_one_rotates() {
    let one = TestApp::new().await;
    let two = one.another_node().await;
    let pool = one.pool().await;
    let before = published(&one, &pool.id).await;
    one.advance(DAYS_90);
    // Without the lease too: the transaction reads what it acts by.
    let rotate = async |node: &TestApp| {
        let following = pool_keys::generate(&node.app, pool_keys::FOLLOWING).await.unwrap().unwrap();
        let rotated = node.app.write(async |tx| pool_keys::rotate(&node.app, tx, &pool.id, DAYS_90, &following).await);
        matches!(rotated.await.unwrap(), Turn::Take { .. })
    };
    let (first, second) = join(rotate(&one), rotate(&two)).await;
    assert_ne!(first, second);
    two.app.db.catch_up().await.unwrap();
    assert_eq!(published(&two, &pool.id).await.len(), 3);
    assert_eq!(published(&two, &pool.id).await[0], before[1]);

    one.advance(DAYS_90);
    let (first, second) = join(run_due(&one.app), run_due(&two.app)).await;
    first.and(second).unwrap();
    let count = |node: &TestApp| node.app.rotations.load(Ordering::Relaxed);
    assert_eq!(count(&one) + count(&two), 1);
}

#[actix_web::test]
async fn a_node_that_was_killed_leaves_each_pool_rotated_or_not_and_another_goes_on() {
    let app = TestApp::new().await;
    let pools = [app.pool().await, app.pool().await, app.pool().await];
    app.advance(DAYS_90);
    let dead = claim(&app, "dead").await.unwrap();
    // It came as far as the first pool.
    let following = pool_keys::generate(&app.app, pool_keys::FOLLOWING).await.unwrap().unwrap();
    let first = app.app.read(async |tx| signing_keys::due(tx, app.app.now().minus(DAYS_90), &Due::default(), 1).await).await.unwrap();
    let first = first[0].pool_id.clone();
    app.app.write(async |tx| pool_keys::rotate(&app.app, tx, &first, DAYS_90, &following).await).await.unwrap();
    app.advance(LEASE);
    let living = claim(&app, "living").await.unwrap();
    assert!(matches!(rotate_as(&app, &dead, "dead").await, Err(Interrupted::Lost)));
    let counts = async || {
        let mut counts = Vec::new();
        for pool in &pools {
            counts.push((first == pool.id, published(&app, &pool.id).await.len()));
        }
        counts.sort_unstable();
        counts
    };
    assert_eq!(counts().await, [(false, 2), (false, 2), (true, 3)]);
    rotate_as(&app, &living, "living").await.unwrap();
    rotate_as(&app, &living, "living").await.unwrap();
    assert_eq!(counts().await, [(false, 3), (false, 3), (true, 3)]);
    assert_eq!(app.app.rotations.load(Ordering::Relaxed), 2);
}

/// The keys of pools that are older than any other, each a second younger than the one before it. None of them opens.
async fn insert_keys(app: &TestApp, pools: u32, states: &[KeyState]) {
    let insert = async |tx: &mut Conn| {
        for number in 0..pools {
            for state in states {
                let standing = Standing { kid: state.as_str().to_owned(), state: *state, since: Timestamp::from_seconds(number.into()) };
                signing_keys::insert(tx, &old_pool(number), &StoredKey { standing, sealed_key: Sealed::stored(Vec::new()) }).await?;
            }
        }
        Ok::<_, StoreError>(())
    };
    app.app.write(insert).await.unwrap();
}

fn old_pool(number: u32) -> UserPoolId {
    format!("us-east-1_{number:09}").into()
}

async fn keys_of(app: &TestApp, number: u32) -> usize {
    app.app.read(async |tx| signing_keys::of_pool(tx, &old_pool(number)).await).await.unwrap().len()
}

#[actix_web::test]
async fn all_that_is_due_is_rotated_and_a_broken_pool_hinders_no_other() {
    let app = TestApp::new().await.leaving_it();
    insert_keys(&app, rotate::PAGE + 2, &[KeyState::Current, KeyState::Next]).await;
    app.app.write(async |tx| signing_keys::garble(tx, &old_pool(0)).await).await.unwrap();
    let outcome = run_due(&app.app).await;
    assert_eq!(outcome.unwrap_err().to_string(), "corrupt row: pool_signing_keys.state of `next`");
    for number in [1, rotate::PAGE, rotate::PAGE + 1] {
        assert_eq!(keys_of(&app, number).await, 3, "{number}");
    }
}

#[actix_web::test]
async fn all_whose_turn_ended_long_ago_are_deleted() {
    let app = TestApp::new().await.leaving_it();
    insert_keys(&app, rotate::BATCH + 1, &[KeyState::Previous]).await;
    run_due(&app.app).await.unwrap();
    assert_eq!((keys_of(&app, 0).await, keys_of(&app, rotate::BATCH).await), (0, 0));
}

#[actix_web::test]
async fn zero_days_rotate_nothing() {
    let mut app = TestApp::new().await;
    Arc::get_mut(&mut app.app).unwrap().signing_key_age = None;
    let pool = app.pool().await;
    app.advance(100 * DAYS_90);
    run_due(&app.app).await.unwrap();
    assert_eq!(published(&app, &pool.id).await.len(), 2);
}

#[actix_web::test]
async fn a_deleted_pool_gets_no_key() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    app.advance(DAYS_90);
    let following = pool_keys::generate(&app.app, pool_keys::FOLLOWING).await.unwrap().unwrap();
    pool.admin("DeleteUserPool", json!({})).await.ok();
    let turn = app.app.write(async |tx| pool_keys::rotate(&app.app, tx, &pool.id, DAYS_90, &following).await).await.unwrap();
    assert_eq!(turn, Turn::NotYet);
    assert!(app.app.read(async |tx| signing_keys::of_pool(tx, &pool.id).await).await.unwrap().is_empty());
}

#[actix_web::test]
async fn a_job_that_takes_long_holds_up_no_other_kind() {
    let app = TestApp::new().await;
    let _pool = app.pool().await;
    app.advance(DAYS_90);
    expired_sessions(&app, 1).await;
    // The hashing pool is busy until the gate opens: rotation waits there for its key.
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let busy = app.app.hasher.run(move || gate.recv().is_err());
    let (stop, stopping) = watch::channel(false);
    let swept = async {
        while is_left(&app, 0).await {
            tokio::task::yield_now().await;
        }
        assert_eq!(app.app.rotations.load(Ordering::Relaxed), 0);
        drop(open);
        stop.send(true).unwrap();
    };
    let swept = tokio::time::timeout(Duration::from_secs(60), swept);
    let (_, (swept, ())) = join(busy, join(swept, work(Arc::clone(&app.app), stopping))).await;
    swept.unwrap();
}
