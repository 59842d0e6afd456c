//! Sessions end with what they rest on.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::store::users;
use crate::testing::PASSWORD;
use crate::userpools::user::User;

const INVALID: (&str, &str) = ("NotAuthorizedException", "Invalid session for the user.");

fn invalid() -> (String, String) {
    (INVALID.0.to_owned(), INVALID.1.to_owned())
}

async fn change(app: &TestApp, pool: &TestPool<'_>, username: &str, change: impl Fn(&mut User)) {
    let found = app.app.pool(&pool.id).await.unwrap().unwrap();
    let now = app.app.now();
    app.app
        .write(async |tx| {
            let mut user = users::find(tx, &found, username).await?.unwrap();
            change(&mut user);
            users::update(tx, &user, now).await
        })
        .await
        .unwrap();
}

#[actix_web::test]
async fn a_session_does_not_outlive_the_password_that_it_rests_on() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    app.advance(Duration::from_secs(30));
    for (password, permanent) in [(OTHER, true), (PASSWORD, false)] {
        set_password(&pool, "alice", PASSWORD, true).await;
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        set_password(&pool, "alice", password, permanent).await;
        assert_eq!(answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await.error(), invalid());
    }
    // The same for the session that asks for a password of one's own.
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    set_password(&pool, "alice", OTHER, false).await;
    let chosen = json!({"USERNAME": "alice", "NEW_PASSWORD": "My-0wn-word!"});
    assert_eq!(pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], chosen).await.error(), invalid());
}

#[actix_web::test]
async fn a_session_does_not_outlive_the_users_right_to_sign_in() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    app.advance(Duration::from_secs(30));
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    change(&app, &pool, "alice", |user| user.enabled = false).await;
    let answer = answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await;
    assert_eq!(answer.error(), ("NotAuthorizedException".to_owned(), "User is disabled.".to_owned()));
    change(&app, &pool, "alice", |user| user.enabled = true).await;
    assert_eq!(answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await.status, 200);
}

#[actix_web::test]
async fn a_session_does_not_outlive_the_factor_that_it_asks_for() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let tokens = pool.user("alice").await.signed_in().await;
    enrol(&app, &tokens, None).await;
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    app.advance(Duration::from_secs(30));
    let replaced = enrol(&app, &tokens, None).await;
    app.advance(Duration::from_secs(30));
    assert_eq!(answer_code(&pool, "alice", &asked["Session"], &code(&app, &replaced)).await.error(), invalid());
}

#[actix_web::test]
async fn a_session_serves_one_challenge_one_user_once_and_for_a_time() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    pool.user("bob").await;
    app.advance(Duration::from_secs(30));
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    let session = &asked["Session"];
    assert_eq!(answer_code(&pool, "bob", session, &code(&app, &seed)).await.error(), invalid());
    let chosen = json!({"USERNAME": "alice", "NEW_PASSWORD": OTHER});
    assert_eq!(pool.respond("NEW_PASSWORD_REQUIRED", session, chosen).await.error(), invalid());
    assert_eq!(pool.respond("MFA_SETUP", session, json!({"USERNAME": "alice"})).await.error(), invalid());
    assert_eq!(answer_code(&pool, "alice", session, &code(&app, &seed)).await.status, 200);
    app.advance(Duration::from_secs(30));
    let again = answer_code(&pool, "alice", session, &code(&app, &seed)).await;
    assert_eq!(again.message(), "Invalid session for the user, session can only be used once.");
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    app.advance(Duration::from_secs(180));
    let late = answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await;
    assert_eq!(late.message(), "Invalid session for the user, session is expired.");
}

async fn associate(app: &TestApp, session: &Value) -> Answer {
    app.anonymous().call("AssociateSoftwareToken", json!({"Session": session})).await
}

async fn verify(app: &TestApp, session: &Value, code: &str) -> Answer {
    app.anonymous().call("VerifySoftwareToken", json!({"Session": session, "UserCode": code})).await
}

#[actix_web::test]
async fn mfa_setup_enrols_once_and_the_other_sessions_end_with_it() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "ON").await;
    pool.user("alice").await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone());
    }
    let [first, second, third] = &sessions[..] else { panic!() };
    let mine = associate(&app, first).await.ok();
    let theirs = associate(&app, second).await.ok();
    let used = ("NotAuthorizedException".to_owned(), "Invalid session for the user, session can only be used once.".to_owned());
    assert_eq!(associate(&app, first).await.error(), used, "the answer carries the next one");
    // Nobody answers before an enrolment, and a session verifies its own seed only.
    assert_eq!(pool.respond("MFA_SETUP", &mine["Session"], json!({"USERNAME": "alice"})).await.error(), invalid());
    assert_eq!(verify(&app, &mine["Session"], &code(&app, &theirs["SecretCode"])).await.code(), "EnableSoftwareTokenMFAException");
    assert_eq!(verify(&app, third, &code(&app, &mine["SecretCode"])).await.code(), "SoftwareTokenMFANotFoundException");
    let verified = verify(&app, &mine["Session"], &code(&app, &mine["SecretCode"])).await.ok();
    // Once a factor is there, no session of before replaces it.
    for session in [&theirs["Session"], &mine["Session"]] {
        assert_eq!(verify(&app, session, &code(&app, &theirs["SecretCode"])).await.code(), "NotAuthorizedException");
    }
    assert_eq!(associate(&app, third).await.error(), invalid());
    // What follows is verified no second time either.
    assert_eq!(associate(&app, &verified["Session"]).await.error(), invalid());
    let done = pool.respond("MFA_SETUP", &verified["Session"], json!({"USERNAME": "alice"})).await.ok();
    assert!(is_live(&app, &done["AuthenticationResult"]).await);
    app.advance(Duration::from_secs(30));
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    assert_eq!(answer_code(&pool, "alice", &asked["Session"], &code(&app, &mine["SecretCode"])).await.status, 200);
}

#[actix_web::test]
async fn a_session_hands_out_one_seed_and_the_next_another() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "ON").await;
    pool.user("alice").await;
    let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
    let answers = futures_util::future::join_all((0..4).map(|_| associate(&app, &session))).await;
    let mut given = answers.into_iter().filter(|answer| answer.status == 200);
    let first = given.next().unwrap().body;
    assert!(given.next().is_none(), "of many at once one is answered");
    let second = associate(&app, &first["Session"]).await.ok();
    assert_ne!(first["SecretCode"], second["SecretCode"]);
    assert_eq!(verify(&app, &first["Session"], &code(&app, &first["SecretCode"])).await.code(), "NotAuthorizedException");
    let verified = verify(&app, &second["Session"], &code(&app, &second["SecretCode"])).await.ok();
    pool.respond("MFA_SETUP", &verified["Session"], json!({"USERNAME": "alice"})).await.ok();
}

#[actix_web::test]
async fn a_factor_of_mfa_setup_is_asked_for_where_mfa_is_optional_too() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "ON").await;
    let alice = pool.user("alice").await;
    let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
    let begun = associate(&app, &session).await.ok();
    verify(&app, &begun["Session"], &code(&app, &begun["SecretCode"])).await.ok();
    let described = alice.described().await;
    assert_eq!(described["PreferredMfaSetting"], "SOFTWARE_TOKEN_MFA");
    assert_eq!(described["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
    set_mfa(&pool, "OPTIONAL").await;
    assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "SOFTWARE_TOKEN_MFA");
}

#[actix_web::test]
async fn a_seed_that_one_sign_in_asked_for_is_not_verified_by_another() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let alice = pool.user("alice").await;
    let (one, other) = (alice.signed_in().await, alice.signed_in().await);
    let seed = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": one["AccessToken"]})).await.ok()["SecretCode"].clone();
    let verify = async |tokens: &Value| {
        app.anonymous().call("VerifySoftwareToken", json!({"AccessToken": tokens["AccessToken"], "UserCode": code(&app, &seed)})).await
    };
    assert_eq!(verify(&other).await.code(), "SoftwareTokenMFANotFoundException");
    assert_eq!(verify(&one).await.status, 200);
}

#[actix_web::test]
async fn the_name_of_the_device_comes_back_in_the_challenge() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let tokens = pool.user("alice").await.signed_in().await;
    enrol(&app, &tokens, Some("Alice's telephone")).await;
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"], "Alice's telephone");
    app.advance(Duration::from_secs(30));
    enrol(&app, &tokens, None).await;
    assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeParameters"].get("FRIENDLY_DEVICE_NAME"), None);
    let long = json!({"AccessToken": tokens["AccessToken"], "UserCode": "000000", "FriendlyDeviceName": "x".repeat(257)});
    assert_eq!(app.anonymous().call("VerifySoftwareToken", long).await.code(), "InvalidParameterException");
}

/// An answer to NEW_PASSWORD_REQUIRED that gives one attribute.
async fn give(pool: &TestPool<'_>, name: &str, value: &str) -> Answer {
    set_password(pool, "alice@example.com", PASSWORD, false).await;
    let asked = pool.sign_in("alice@example.com", PASSWORD).await.ok();
    let username = &asked["ChallengeParameters"]["USER_ID_FOR_SRP"];
    let chosen = json!({"USERNAME": username, "NEW_PASSWORD": OTHER, format!("userAttributes.{name}"): value});
    pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], chosen).await
}

#[actix_web::test]
async fn whoever_sets_a_password_of_their_own_writes_attributes_as_a_user() {
    let app = TestApp::new().await;
    let text = |name: &str, more: Value| {
        let mut attribute = json!({"Name": name, "AttributeDataType": "String", "Mutable": true});
        attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        attribute
    };
    let schema =
        json!([text("fixed", json!({"Mutable": false})), text("tier", json!({"DeveloperOnlyAttribute": true})), text("free", json!({}))]);
    let pool = app.pool_with(json!({"AliasAttributes": ["email"], "Schema": schema}), json!({})).await;
    let user = pool.user_with("alice", json!({"email": "alice@example.com", "email_verified": "true"})).await;
    for (name, value, code) in [
        ("email_verified", "true", "NotAuthorizedException"),
        ("dev:custom:tier", "gold", "NotAuthorizedException"),
        ("custom:fixed", "mine", "InvalidParameterException"),
        ("custom:none", "x", "InvalidParameterException"),
        ("sub", "x", "InvalidParameterException"),
    ] {
        assert_eq!(give(&pool, name, value).await.code(), code, "{name}");
    }
    assert_eq!(give(&pool, "custom:free", "x").await.status, 200);
    // Another address is not verified, and signs nobody in.
    assert_eq!(give(&pool, "email", "victim@example.com").await.status, 200);
    let described = user.described().await;
    let attribute = |name: &str| {
        let all = described["UserAttributes"].as_array().unwrap();
        all.iter().find(|attribute| attribute["Name"] == name).map(|attribute| attribute["Value"].as_str().unwrap().to_owned())
    };
    assert_eq!((attribute("email").unwrap(), attribute("email_verified").unwrap()), ("victim@example.com".to_owned(), "false".to_owned()));
    for address in ["victim@example.com", "alice@example.com"] {
        assert_eq!(pool.sign_in(address, OTHER).await.code(), "NotAuthorizedException", "{address}");
    }
    assert_eq!(pool.sign_in("alice", OTHER).await.status, 200);
}

/// M1: of another client and of another pool, by whichever operation.
#[actix_web::test]
async fn a_session_is_of_one_client_of_one_pool() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let other = pool_with_mfa(&app, "OPTIONAL").await;
    let seed = enrol(&app, &pool.user("alice").await.signed_in().await, None).await;
    let theirs = enrol(&app, &other.user("alice").await.signed_in().await, None).await;
    app.advance(Duration::from_secs(30));
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"];
    let client = pool.admin("CreateUserPoolClient", json!({"ClientName": "other", "ExplicitAuthFlows": flows})).await.ok();
    let at_another = TestPool { app: &app, id: pool.id.clone(), client_id: client["UserPoolClient"]["ClientId"].as_str().unwrap().into() };
    let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
    for (elsewhere, seed) in [(&at_another, &seed), (&other, &seed), (&other, &theirs)] {
        let responses = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code(&app, seed)});
        let answer = json!({"ClientId": elsewhere.client_id, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": session,
                            "ChallengeResponses": responses});
        assert_eq!(elsewhere.client("RespondToAuthChallenge", answer.clone()).await.error(), invalid());
        assert_eq!(elsewhere.admin("AdminRespondToAuthChallenge", answer).await.error(), invalid());
    }
    assert_eq!(answer_code(&pool, "alice", &session, &code(&app, &seed)).await.status, 200);
}
