//! What decides is read in the transaction that acts.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::json;

use super::*;
use crate::store::{user_secrets, users};
use crate::testing::PASSWORD;
use crate::userpools::user::UserStatus;

#[actix_web::test]
async fn no_sign_in_with_the_old_password_is_live_once_the_new_one_is_set() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    for round in 0..6 {
        let (old, new) = if round % 2 == 0 { (PASSWORD, OTHER) } else { (OTHER, PASSWORD) };
        let (answers, ()) = join(join_all((0..12).map(|_| pool.sign_in("alice", old))), set_password(&pool, "alice", new, true)).await;
        for answer in answers {
            assert!(answer.status == 200 || answer.code() == "NotAuthorizedException", "{}", answer.text);
            assert!(answer.status != 200 || !is_live(&app, &answer.body["AuthenticationResult"]).await, "round {round}");
        }
        // The old one was wrong after that, and was counted.
        app.advance(Duration::from_secs(1800));
        assert!(is_live(&app, &pool.sign_in("alice", new).await.ok()["AuthenticationResult"]).await);
    }
}

#[actix_web::test]
async fn an_administrators_password_is_not_overwritten_by_a_challenge_answered_meanwhile() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    for round in 0..6 {
        set_password(&pool, "alice", PASSWORD, false).await;
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        let chosen = json!({"USERNAME": "alice", "NEW_PASSWORD": "My-0wn-word!"});
        let respond = pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], chosen);
        let (answer, ()) = join(respond, set_password(&pool, "alice", OTHER, true)).await;
        assert!(answer.status != 200 || !is_live(&app, &answer.body["AuthenticationResult"]).await, "round {round}");
        assert_eq!(pool.sign_in("alice", OTHER).await.status, 200, "round {round}");
    }
}

#[actix_web::test]
async fn a_temporary_password_serves_one_session() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    for round in 0..4 {
        set_password(&pool, "alice", PASSWORD, false).await;
        let asked = join_all((0..4).map(|_| pool.sign_in("alice", PASSWORD))).await;
        let answers = join_all(asked.into_iter().enumerate().map(|(number, asked)| {
            let session = asked.ok()["Session"].clone();
            let chosen = json!({"USERNAME": "alice", "NEW_PASSWORD": format!("My-0wn-word-{number}")});
            let pool = &pool;
            async move { pool.respond("NEW_PASSWORD_REQUIRED", &session, chosen).await }
        }))
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "round {round}");
    }
}

#[actix_web::test]
async fn a_code_serves_one_of_many_sessions_at_once() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    app.advance(Duration::from_secs(30));
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone());
    }
    let right = code(&app, &seed);
    let answers = join_all(sessions.iter().map(|session| answer_code(&pool, "alice", session, &right))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[actix_web::test]
async fn a_password_is_set_by_its_own_columns() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let alice = pool.user_with("alice", json!({"name": "Ann"})).await;
    let found = app.app.pool(&pool.id).await.unwrap().unwrap();
    let now = app.app.now();
    let stale = app.app.read(async |tx| users::find(tx, &found, "alice").await).await.unwrap().unwrap();
    app.app
        .write(async |tx| {
            let mut changed = stale.clone();
            changed.enabled = false;
            changed.attributes.insert("name".to_owned(), "Anne".to_owned());
            users::update(tx, &changed, now).await?;
            let record = stale.password.clone().unwrap();
            user_secrets::set_password(tx, &stale, &record, UserStatus::ForceChangePassword, now).await
        })
        .await
        .unwrap();
    let described = alice.described().await;
    assert_eq!((described["Enabled"].as_bool(), described["UserStatus"].as_str()), (Some(false), Some("FORCE_CHANGE_PASSWORD")));
    assert!(described["UserAttributes"].to_string().contains("Anne"));
    let listed = pool.admin("ListUsers", json!({"Filter": "cognito:user_status = \"FORCE_CHANGE_PASSWORD\""})).await.ok();
    assert_eq!(listed["Users"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn of_many_answers_in_one_session_one_is_taken() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "ON").await;
    pool.user("dave").await;
    let setup = pool.sign_in("dave", PASSWORD).await.ok()["Session"].clone();
    let given = app.anonymous().call("AssociateSoftwareToken", json!({"Session": setup})).await.ok();
    let verify = json!({"Session": given["Session"], "UserCode": code(&app, &given["SecretCode"])});
    let verified = app.anonymous().call("VerifySoftwareToken", verify).await.ok()["Session"].clone();
    let answers = join_all((0..8).map(|_| pool.respond("MFA_SETUP", &verified, json!({"USERNAME": "dave"})))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(taken.len(), 1);
    for answer in refused {
        assert_eq!(answer.message(), "Invalid session for the user, session can only be used once.");
    }
}
