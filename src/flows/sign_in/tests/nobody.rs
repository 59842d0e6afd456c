//! Where users are hidden, a name that nobody has is answered like any other: same words, same budget, same lengths.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::crypto::ids::is_uuid;
use crate::crypto::srp::tests::Client;
use crate::store::{self, user_identities, users};
use crate::testing::PASSWORD;

const STAMP: &str = "Fri Jan 15 08:00:00 UTC 2027";

async fn begin(pool: &TestPool<'_>, username: &str, public: &str) -> Value {
    let parameters = json!({"USERNAME": username, "SRP_A": public});
    let answer = pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
    answer["ChallengeParameters"].clone()
}

/// A whole sign-in by SRP.
pub(super) async fn sign_in(pool: &TestPool<'_>, username: &str, password: &str) -> Answer {
    pool.client("RespondToAuthChallenge", proof(pool, username, password).await).await
}

/// What answers PASSWORD_VERIFIER with the right proof of a password.
async fn proof(pool: &TestPool<'_>, username: &str, password: &str) -> Value {
    proof_by(&Client { secret: [0x42; 32], pool: pool.id.name(), stamp: STAMP }, pool, username, password).await
}

/// The proof of a client that may have its own mind of the pool's name and of the time.
async fn proof_by(client: &Client<'_>, pool: &TestPool<'_>, username: &str, password: &str) -> Value {
    let asked = begin(pool, username, &client.public_hex()).await;
    let text = |name: &str| asked[name].as_str().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let signature = client.prove(text("USER_ID_FOR_SRP"), password, text("SALT"), text("SRP_B"), &block);
    let responses = json!({"USERNAME": text("USERNAME"), "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
                           "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": client.stamp});
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

/// A user as a provider's first sign-in leaves them: without a password.
async fn federated(pool: &TestPool<'_>, name: &str, address: &str) {
    let user = pool.user_with(name, json!({"email": address, "email_verified": "true"})).await;
    let app = &pool.app.app;
    let held = app.pool(&pool.id).await.unwrap().unwrap();
    let make = async |tx: &mut store::Conn| {
        let user = users::find(tx, &held, name).await?.unwrap();
        user_identities::take_password(tx, &user, app.now()).await
    };
    app.write(make).await.unwrap();
    assert_eq!(user.described().await["UserStatus"], "EXTERNAL_PROVIDER");
}

/// Everything of an answer that somebody sees, but for what is a name's own, a secret or a date.
fn seen(answer: &Answer) -> Value {
    let headers = ["content-type", "content-length", "cache-control", "x-amzn-errortype", "www-authenticate"];
    let headers: Vec<&str> = headers.iter().map(|name| answer.header(name)).collect();
    let mut body = answer.body.clone();
    for pointer in ["/CodeDeliveryDetails/Destination", "/ChallengeParameters/SRP_B"] {
        if let Some(own) = body.pointer_mut(pointer) {
            *own = Value::Null;
        }
    }
    for pointer in ["/Session", "/ChallengeParameters/SALT", "/ChallengeParameters/SECRET_BLOCK"] {
        if let Some(own) = body.pointer_mut(pointer) {
            *own = json!(own.as_str().unwrap().len());
        }
    }
    json!([answer.status, headers, body])
}

/// S1: the user of a provider, and whoever is named by their `sub`.
#[actix_web::test]
async fn whom_a_provider_knows_and_whom_a_sub_names_are_answered_like_nobody() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    federated(&pool, "corp_1", "c@x.example").await;
    let sub = pool.user("somebody").await.described().await["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
    let by_password =
        |name: &str, password: &str| json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": name, "PASSWORD": password}});
    for (known, unknown) in [("corp_1", "corp_2"), (sub.as_str(), "00000000-0000-4000-8000-000000000000")] {
        let mut all = Vec::new();
        for name in [known, unknown] {
            let mut said = Vec::new();
            for (operation, input) in [
                ("InitiateAuth", by_password(name, "Wr0ng-pass!")),
                ("ForgotPassword", json!({"Username": name})),
                ("ResendConfirmationCode", json!({"Username": name})),
                ("ConfirmSignUp", json!({"Username": name, "ConfirmationCode": "no code"})),
                ("ConfirmForgotPassword", json!({"Username": name, "ConfirmationCode": "no code", "Password": OTHER})),
            ] {
                for _ in 0..2 {
                    said.push(json!([operation, seen(&pool.client(operation, input.clone()).await)]));
                }
            }
            if known == "corp_1" {
                said.push(seen(&pool.client("InitiateAuth", by_password(name, PASSWORD)).await));
                let begin = json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": name, "SRP_A": "ab"}});
                said.push(seen(&pool.client("InitiateAuth", begin).await));
                let proven = sign_in(&pool, name, PASSWORD).await;
                assert_ne!(proven.status, 200);
                said.push(seen(&proven));
            }
            all.push(json!(said).to_string().replace(name, "…"));
        }
        assert_eq!(all[0], all[1]);
    }
    assert!(app.messages_to("c@x.example").await.is_empty(), "who has no password recovers none");
}

/// S1: an address that somebody has, given as an alias by whoever signs up, is told to nobody.
#[actix_web::test]
async fn an_alias_that_somebody_has_is_answered_like_one_that_nobody_has() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}), json!({})).await;
    pool.user_with("victim", json!({"email": "v@x.example", "email_verified": "true"})).await;
    let mut all = Vec::new();
    for (name, address) in [("mallory", "v@x.example"), ("sybille", "w@x.example")] {
        let attributes = json!([{"Name": "email", "Value": address}]);
        let signed_up = pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await;
        let mut said = seen(&signed_up);
        said[2]["UserSub"] = json!(said[2]["UserSub"].as_str().unwrap().len());
        let wrong = pool.client("ConfirmSignUp", json!({"Username": name, "ConfirmationCode": "no code"})).await;
        all.push(json!([said, seen(&wrong)]));
    }
    assert_eq!(all[0], all[1]);
}

/// S3: another node, as the same one after a restart.
#[actix_web::test]
async fn nobody_has_one_salt_whichever_node_is_asked() {
    let app = TestApp::new().await;
    let other = app.another_node().await;
    let pool = app.pool().await;
    let there = TestPool { app: &other, id: pool.id.clone(), client_id: pool.client_id.clone() };
    let (here, there) = (begin(&pool, "ghost", "ab").await, begin(&there, "ghost", "ab").await);
    assert_eq!(here["SALT"], there["SALT"]);
    assert_ne!(here["SRP_B"], there["SRP_B"]);
}

/// M6: of a proof that is right but for one thing.
#[actix_web::test]
async fn a_proof_is_of_its_pool_and_of_now() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    for (name, stamp, code) in [
        (pool.id.name(), STAMP, ""),
        (pool.id.name(), "Fri Jan 15 07:50:00 UTC 2027", ""),
        (pool.id.name(), "Fri Jan 15 07:49:59 UTC 2027", "NotAuthorizedException"),
        (pool.id.name(), "Fri Jan 15 08:10:01 UTC 2027", "NotAuthorizedException"),
        (pool.id.name(), "Fr Jan 15 08:00:00 UTC 2027", "InvalidParameterException"),
        (pool.id.name(), "vendredi 15 janvier 2027", "InvalidParameterException"),
        (pool.id.as_str(), STAMP, "NotAuthorizedException"),
        ("AAAAAAAAA", STAMP, "NotAuthorizedException"),
    ] {
        let client = Client { secret: [0x42; 32], pool: name, stamp };
        let proof = proof_by(&client, &pool, "alice", PASSWORD).await;
        assert_eq!(pool.client("RespondToAuthChallenge", proof).await.code(), code, "{name} {stamp}");
    }
}
