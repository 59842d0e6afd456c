//! Where users are hidden, a name that nobody has is answered like any other: same words, same budget, same lengths.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::crypto::ids::is_uuid;
use crate::crypto::srp::tests::Client;
use crate::testing::PASSWORD;

const STAMP: &str = "Fri Jan 15 08:00:00 UTC 2027";

async fn begin(pool: &TestPool<'_>, username: &str, public: &str) -> Value {
    let parameters = json!({"USERNAME": username, "SRP_A": public});
    let answer = pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
    answer["ChallengeParameters"].clone()
}

/// A whole sign-in by SRP.
async fn sign_in(pool: &TestPool<'_>, username: &str, password: &str) -> Answer {
    pool.client("RespondToAuthChallenge", proof(pool, username, password).await).await
}

/// What answers PASSWORD_VERIFIER with the right proof of a password.
async fn proof(pool: &TestPool<'_>, username: &str, password: &str) -> Value {
    let client = Client { secret: [0x42; 32], pool: pool.id.name(), stamp: STAMP };
    let asked = begin(pool, username, &client.public_hex()).await;
    let text = |name: &str| asked[name].as_str().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let signature = client.prove(text("USER_ID_FOR_SRP"), password, text("SALT"), text("SRP_B"), &block);
    let responses = json!({"USERNAME": text("USERNAME"), "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
                           "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": STAMP});
    json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses})
}

async fn pools(app: &TestApp) -> Vec<(TestPool<'_>, &'static str, &'static str)> {
    let insensitive = json!({"UsernameConfiguration": {"CaseSensitive": false}});
    vec![
        (app.pool_with(insensitive, json!({})).await, "Alice", "ghost"),
        (app.pool_with(json!({"UsernameAttributes": ["email"]}), json!({})).await, "Alice@example.com", "ghost@example.com"),
        (app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await, "Alice@example.com", "ghost@example.com"),
    ]
}

async fn with_alice(pool: &TestPool<'_>, name: &str) {
    if name.contains('@') {
        let username =
            if pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["AliasAttributes"].is_array() { "al" } else { name };
        pool.user_with(username, json!({"email": name, "email_verified": "true"})).await;
    } else {
        pool.user(name).await;
    }
}

#[actix_web::test]
async fn srp_tells_nothing_of_who_exists() {
    let app = TestApp::new().await;
    for (pool, known, unknown) in pools(&app).await {
        with_alice(&pool, known).await;
        // However often the password was set.
        let (known, unknown) = (known, format!("{unknown:x<width$}", width = known.len()));
        set_password(&pool, known, PASSWORD, true).await;
        let mut answers = Vec::new();
        for name in [known, unknown.as_str()] {
            let (one, two) = (begin(&pool, name, "ab").await, begin(&pool, name, "ab").await);
            let typed_otherwise = begin(&pool, &name.to_uppercase(), "ab").await;
            for member in ["SALT", "USERNAME", "USER_ID_FOR_SRP"] {
                assert_eq!(one[member], two[member], "{name} {member}");
                assert_eq!(one[member], typed_otherwise[member], "{name} {member}");
            }
            assert_ne!(one["SRP_B"], two["SRP_B"]);
            assert_eq!(one["USERNAME"], one["USER_ID_FOR_SRP"]);
            answers.push(one);
        }
        let length = |answer: &Value, member: &str| answer[member].as_str().unwrap().len();
        for member in ["SALT", "SECRET_BLOCK", "USERNAME"] {
            assert_eq!(length(&answers[0], member), length(&answers[1], member), "{known} {member}");
        }
        let is_opaque = |answer: &Value| is_uuid(answer["USERNAME"].as_str().unwrap());
        assert_eq!(is_opaque(&answers[0]), is_opaque(&answers[1]));
        assert_ne!(answers[0]["SALT"], answers[1]["SALT"]);
    }
}

#[actix_web::test]
async fn srp_signs_in_by_each_name_however_it_is_typed() {
    let app = TestApp::new().await;
    for (pool, known, unknown) in pools(&app).await {
        with_alice(&pool, known).await;
        for name in [known.to_owned(), known.to_lowercase(), known.to_uppercase()] {
            let signed_in = sign_in(&pool, &name, PASSWORD).await.ok();
            assert!(is_live(&app, &signed_in["AuthenticationResult"]).await, "{name}");
        }
        let incorrect = ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned());
        assert_eq!(sign_in(&pool, known, "Wr0ng-pass!").await.error(), incorrect);
        assert_eq!(sign_in(&pool, unknown, PASSWORD).await.error(), incorrect);
    }
}

#[actix_web::test]
async fn a_proof_of_the_old_password_is_worth_nothing() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    let proof = proof(&pool, "alice", PASSWORD).await;
    set_password(&pool, "alice", OTHER, true).await;
    let answer = pool.client("RespondToAuthChallenge", proof).await;
    assert_eq!(answer.error(), ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned()));
}

#[actix_web::test]
async fn a_right_proof_that_comes_again_locks_nobody_out() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    let proof = proof(&pool, "alice", PASSWORD).await;
    for round in 0..8 {
        let again = pool.client("RespondToAuthChallenge", proof.clone()).await;
        assert_eq!(again.status, if round == 0 { 200 } else { 400 }, "{}", again.text);
    }
    assert_eq!(pool.sign_in("alice", PASSWORD).await.status, 200);
}

#[actix_web::test]
async fn nobody_is_locked_out_like_somebody() {
    let app = TestApp::new().await;
    for (pool, known, unknown) in pools(&app).await {
        with_alice(&pool, known).await;
        let mut answers = Vec::new();
        for name in [known, unknown] {
            let mut said = Vec::new();
            // By password and by proof, as typed and in capitals: one budget.
            for round in 0..3 {
                said.push(
                    pool.sign_in(if round == 1 { name.to_uppercase() } else { name.to_owned() }.as_str(), "Wr0ng-pass!").await.error(),
                );
                said.push(sign_in(&pool, name, "Wr0ng-pass!").await.error());
            }
            said.push(pool.sign_in(name, PASSWORD).await.error());
            app.advance(Duration::from_secs(2));
            said.push(pool.sign_in(name, "Wr0ng-pass!").await.error());
            said.push(pool.sign_in(name, "Wr0ng-pass!").await.error());
            answers.push(said);
        }
        assert_eq!(answers[0], answers[1]);
        let messages: Vec<&str> = answers[0].iter().map(|(_, message)| message.as_str()).collect();
        let (wrong, locked) = ("Incorrect username or password.", "Password attempts exceeded");
        assert_eq!(messages, [wrong, wrong, wrong, wrong, wrong, locked, locked, wrong, locked]);
        app.advance(Duration::from_secs(2));
    }
}

#[actix_web::test]
async fn names_are_bounded_before_anything_is_made_of_them() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let long = "\u{fdfa}".repeat(129);
    assert_eq!(pool.sign_in(&long, PASSWORD).await.code(), "InvalidParameterException");
    assert_eq!(pool.sign_in(&long[3..], PASSWORD).await.code(), "NotAuthorizedException");
}
