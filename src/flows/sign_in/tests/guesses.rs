//! Guesses are charged before they are judged, by user and by factor.

use std::time::Duration;

use futures_util::future::join_all;

use super::*;
use crate::store::expired;
use crate::testing::PASSWORD;

const WRONG: &str = "Wr0ng-pass!";
const LOCKED: &str = "Password attempts exceeded";
const CODES_LOCKED: &str = "Code attempts exceeded";

#[actix_web::test]
async fn codes_are_guessed_no_faster_by_who_knows_the_password() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    app.advance(Duration::from_secs(30));
    let wrong = wrong_code(&app, &seed);
    let mut judged = 0;
    for _ in 0..20 {
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        judged += usize::from(answer_code(&pool, "alice", &session, &wrong).await.code() == "CodeMismatchException");
    }
    assert_eq!(judged, 5);
    // The right code is refused alike, until the lock ends; then the sign-in forgets all.
    let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
    assert_eq!(answer_code(&pool, "alice", &session, &code(&app, &seed)).await.message(), CODES_LOCKED);
    app.advance(Duration::from_secs(1));
    assert_eq!(answer_code(&pool, "alice", &session, &code(&app, &seed)).await.status, 200);
    for _ in 0..5 {
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        assert_eq!(answer_code(&pool, "alice", &session, &wrong).await.code(), "CodeMismatchException");
    }
}

#[actix_web::test]
async fn a_burst_of_codes_gets_no_more_than_its_share() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    let wrong = wrong_code(&app, &seed);
    let mut sessions = Vec::new();
    for _ in 0..12 {
        sessions.push(pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone());
    }
    let answers = join_all(sessions.iter().map(|session| answer_code(&pool, "alice", session, &wrong))).await;
    assert_eq!(answers.iter().filter(|answer| answer.code() == "CodeMismatchException").count(), 5);
}

#[actix_web::test]
async fn a_right_password_before_a_code_forgets_no_wrong_one() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    app.advance(Duration::from_secs(30));
    for _ in 0..4 {
        assert_eq!(pool.sign_in("alice", WRONG).await.message(), "Incorrect username or password.");
        // A right one costs nothing either, however often.
        assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    }
    pool.sign_in("alice", WRONG).await;
    assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), LOCKED);
    app.advance(Duration::from_secs(1));
    let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
    assert_eq!(answer_code(&pool, "alice", &session, &code(&app, &seed)).await.status, 200);
    for _ in 0..5 {
        assert_eq!(pool.sign_in("alice", WRONG).await.message(), "Incorrect username or password.");
    }
}

#[actix_web::test]
async fn counts_fade_after_a_quiet_quarter_of_an_hour() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    for (pause, locked) in [(Duration::from_secs(899), true), (Duration::from_secs(900), false)] {
        for _ in 0..4 {
            assert_eq!(pool.sign_in("alice", WRONG).await.message(), "Incorrect username or password.");
        }
        app.advance(pause);
        pool.sign_in("alice", WRONG).await;
        assert_eq!(pool.sign_in("alice", WRONG).await.message() == LOCKED, locked);
        set_password(&pool, "alice", PASSWORD, true).await;
    }
}

#[actix_web::test]
async fn what_has_faded_is_swept() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    for name in ["ghost", "phantom"] {
        pool.sign_in(name, WRONG).await;
    }
    let sweep = async || {
        let attempts = expired::TABLES.iter().find(|expiring| expiring.table == "sign_in_attempts").unwrap();
        let now = app.app.now();
        app.app.write(async |tx| expired::delete(tx, attempts, app.app.events_kept, now, 100).await).await.unwrap()
    };
    app.advance(Duration::from_secs(900));
    assert_eq!(sweep().await, 0);
    app.advance(Duration::from_secs(1));
    assert_eq!(sweep().await, 2);
}

/// S4 and S5: whichever way in, and whichever node; who is signed in stays so, on both.
#[actix_web::test]
async fn guesses_by_every_way_in_and_on_two_nodes_are_one_count() {
    let app = TestApp::new().await;
    let other = app.another_node().await;
    let flows = ["USER_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"];
    let pool = app.pool_with(json!({}), json!({"ExplicitAuthFlows": flows.map(|flow| format!("ALLOW_{flow}"))})).await;
    let there = TestPool { app: &other, id: pool.id.clone(), client_id: pool.client_id.clone() };
    let tokens = pool.user("alice").await.signed_in().await;
    let by = async |node: &TestPool<'_>, way: usize, password: &str| match way {
        0 => node.sign_in("alice", password).await,
        1 => super::nobody::sign_in(node, "alice", password).await,
        2 => super::choice::begin(node, "alice", json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": password})).await,
        3 => {
            let parameters = json!({"USERNAME": "alice", "PASSWORD": password});
            let input = json!({"ClientId": node.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters});
            node.admin("AdminInitiateAuth", input).await
        }
        _ => {
            let input = json!({"AccessToken": tokens["AccessToken"], "PreviousPassword": password, "ProposedPassword": OTHER});
            node.app.anonymous().call("ChangePassword", input).await
        }
    };
    let mut judged = 0;
    for round in 0..40 {
        let node = if round % 2 == 0 { &pool } else { &there };
        let answer = by(node, round % 5, WRONG).await;
        judged += usize::from(answer.message() == "Incorrect username or password.");
    }
    assert_eq!(judged, 5);
    for way in 0..5 {
        for node in [&pool, &there] {
            assert_ne!(by(node, way, PASSWORD).await.status, 200, "the right one is refused alike: {way}");
        }
    }
    for node in [&pool, &there] {
        assert!(is_live(node.app, &tokens).await);
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        node.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await.ok();
    }
    app.advance(Duration::from_secs(900));
    assert_eq!(pool.sign_in("alice", PASSWORD).await.status, 200, "no lock is for ever");
}

/// M4: of an authenticator that another took the place of, two steps old, and a second time.
#[actix_web::test]
async fn a_code_is_of_the_authenticator_that_there_is_of_now_and_for_once() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let tokens = pool.user("alice").await.signed_in().await;
    let replaced = enrol(&app, &tokens, None).await;
    app.advance(Duration::from_secs(30));
    let seed = enrol(&app, &tokens, None).await;
    app.advance(Duration::from_secs(30));
    let early = code(&app, &seed);
    app.advance(Duration::from_secs(60));
    let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
    for wrong in [code(&app, &replaced), early] {
        assert_eq!(answer_code(&pool, "alice", &session, &wrong).await.code(), "CodeMismatchException");
    }
    let right = code(&app, &seed);
    assert_eq!(answer_code(&pool, "alice", &session, &right).await.status, 200);
    for pause in [0, 29] {
        app.advance(Duration::from_secs(pause));
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        assert_eq!(answer_code(&pool, "alice", &session, &right).await.code(), "ExpiredCodeException", "after {pause} s");
    }
}
