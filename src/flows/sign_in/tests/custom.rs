//! CUSTOM_AUTH: the functions ask and judge, and what else bars a user bars them still.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::crypto::srp::tests::Client;
use crate::testing::{PASSWORD, TestFunctions};

const STAMP: &str = "Fri Jan 15 08:00:00 UTC 2027";

async fn with_functions() -> (TestApp, TestFunctions) {
    let mut app = TestApp::new().await;
    let functions = TestFunctions::start(&mut app).await;
    (app, functions)
}

/// A pool that asks for the word `open`, and again after a wrong one, three times at most.
async fn pool_that_asks<'a>(app: &'a TestApp, functions: &TestFunctions) -> TestPool<'a> {
    functions.on("define", |event| {
        let rounds = event["request"]["session"].as_array().unwrap().clone();
        let last = rounds.last().cloned().unwrap_or_default();
        let is_done = last["challengeName"] == "CUSTOM_CHALLENGE" && last["challengeResult"] == true;
        event["response"] = match last["challengeName"].as_str() {
            Some("SRP_A") => json!({"challengeName": "PASSWORD_VERIFIER", "issueTokens": false, "failAuthentication": false}),
            _ if is_done => json!({"issueTokens": true, "failAuthentication": false}),
            _ if rounds.len() >= 3 => json!({"issueTokens": false, "failAuthentication": true}),
            _ => json!({"challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false}),
        };
        Ok(())
    });
    functions.answer(
        "create",
        json!({"publicChallengeParameters": {"question": "word?"}, "privateChallengeParameters": {"answer": "open"}, "challengeMetadata": "WORD"}),
    );
    functions.on("verify", |event| {
        let right = event["request"]["privateChallengeParameters"]["answer"] == event["request"]["challengeAnswer"];
        event["response"] = json!({"answerCorrect": right});
        Ok(())
    });
    let config = json!({"DefineAuthChallenge": TestFunctions::arn("define"), "CreateAuthChallenge": TestFunctions::arn("create"),
                        "VerifyAuthChallengeResponse": TestFunctions::arn("verify")});
    let flows = json!({"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    app.pool_with(json!({"LambdaConfig": config}), flows).await
}

async fn begin(pool: &TestPool<'_>, name: &str) -> Answer {
    pool.client("InitiateAuth", json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": name}})).await
}

async fn answer(pool: &TestPool<'_>, name: &str, session: &Value, word: &str) -> Answer {
    pool.respond("CUSTOM_CHALLENGE", session, json!({"USERNAME": name, "ANSWER": word})).await
}

#[actix_web::test]
async fn the_functions_ask_until_they_know_the_user() {
    let (app, functions) = with_functions().await;
    let pool = pool_that_asks(&app, &functions).await;
    pool.user("alice").await;
    let asked = begin(&pool, "alice").await.ok();
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(asked["ChallengeParameters"], json!({"question": "word?", "USERNAME": "alice"}));
    assert!(!asked.to_string().contains("open"), "what is private stays so");
    let define = functions.event("define");
    assert_eq!((&define["triggerSource"], &define["request"]["session"]), (&json!("DefineAuthChallenge_Authentication"), &json!([])));
    assert_eq!(functions.event("create")["request"]["challengeName"], "CUSTOM_CHALLENGE");
    let again = answer(&pool, "alice", &asked["Session"], "sesame").await.ok();
    assert_eq!(again["ChallengeName"], "CUSTOM_CHALLENGE");
    let verify = functions.event("verify");
    assert_eq!(verify["request"]["privateChallengeParameters"], json!({"answer": "open"}));
    let wrong = json!({"challengeName": "CUSTOM_CHALLENGE", "challengeResult": false, "challengeMetadata": "WORD"});
    assert_eq!(functions.event("define")["request"]["session"], json!([wrong]));
    let signed_in = answer(&pool, "alice", &again["Session"], "open").await.ok();
    assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
    // A session serves once, and with its own user only.
    let used = answer(&pool, "alice", &again["Session"], "open").await;
    assert_eq!(used.message(), "Invalid session for the user, session can only be used once.");
    pool.user("bob").await;
    let fresh = begin(&pool, "alice").await.ok();
    assert_eq!(answer(&pool, "bob", &fresh["Session"], "open").await.message(), "Invalid session for the user.");
    app.advance(Duration::from_secs(181));
    assert_eq!(answer(&pool, "alice", &fresh["Session"], "open").await.message(), "Invalid session for the user, session is expired.");
}

#[actix_web::test]
async fn the_functions_fail_a_sign_in_and_cannot_be_left_out() {
    let (app, functions) = with_functions().await;
    let pool = pool_that_asks(&app, &functions).await;
    pool.user("alice").await;
    let mut session = begin(&pool, "alice").await.ok()["Session"].clone();
    for _ in 0..2 {
        session = answer(&pool, "alice", &session, "sesame").await.ok()["Session"].clone();
    }
    let failed = answer(&pool, "alice", &session, "sesame").await;
    assert_eq!(failed.error(), ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned()));
    for (response, code) in [
        (json!({"issueTokens": true, "failAuthentication": true}), "NotAuthorizedException"),
        (json!({"issueTokens": null, "failAuthentication": null, "challengeName": null}), "InvalidLambdaResponseException"),
        (json!({"challengeName": "PASSWORD_VERIFIER"}), "InvalidLambdaResponseException"),
        (json!({"challengeName": "SMS_MFA"}), "InvalidLambdaResponseException"),
    ] {
        functions.answer("define", response.clone());
        assert_eq!(begin(&pool, "alice").await.code(), code, "{response}");
    }
    let without = app.pool_with(json!({}), json!({"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"]})).await;
    without.user("alice").await;
    assert_eq!(begin(&without, "alice").await.message(), "Custom auth lambda trigger is not configured for the user pool.");
    let barred = app.pool().await;
    assert_eq!(begin(&barred, "alice").await.message(), "CUSTOM_AUTH flow not enabled for this client");
}

#[actix_web::test]
async fn no_word_of_the_functions_gets_around_what_else_bars_a_user() {
    let (app, functions) = with_functions().await;
    let pool = pool_that_asks(&app, &functions).await;
    pool.user("alice").await;
    let sign_in = async || {
        let asked = begin(&pool, "alice").await.ok();
        answer(&pool, "alice", &asked["Session"], "open").await
    };
    set_mfa(&pool, "OPTIONAL").await;
    let tokens = pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
    let seed = enrol(&app, &tokens, None).await;
    let asked = sign_in().await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    app.advance(Duration::from_secs(60));
    answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await.ok();
    // What changes between question and answer ends the session.
    let asked = begin(&pool, "alice").await.ok();
    set_password(&pool, "alice", OTHER, true).await;
    assert_eq!(answer(&pool, "alice", &asked["Session"], "open").await.message(), "Invalid session for the user.");
    pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
    assert_eq!(sign_in().await.message(), "User is disabled.");
}

#[actix_web::test]
async fn nobody_is_asked_like_somebody_and_never_signed_in() {
    let (app, functions) = with_functions().await;
    let pool = pool_that_asks(&app, &functions).await;
    pool.user("alice").await;
    let (somebody, nobody) = (begin(&pool, "alice").await.ok(), begin(&pool, "ghost").await.ok());
    assert_eq!(nobody["ChallengeParameters"], json!({"question": "word?", "USERNAME": "ghost"}));
    assert_eq!(somebody["Session"].as_str().unwrap().len(), nobody["Session"].as_str().unwrap().len());
    assert_eq!(functions.event("define")["request"]["userNotFound"], true);
    let refused = answer(&pool, "ghost", &nobody["Session"], "open").await;
    assert_eq!(refused.error(), ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned()));
    functions.answer("define", json!({"issueTokens": true}));
    assert_eq!(begin(&pool, "ghost").await.code(), "NotAuthorizedException");
    // One who signs up under the name does not inherit its session.
    let flows = json!({"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"], "PreventUserExistenceErrors": "LEGACY"});
    let open = app.pool_with(json!({"LambdaConfig": {"DefineAuthChallenge": TestFunctions::arn("define")}}), flows).await;
    assert_eq!(begin(&open, "ghost").await.code(), "UserNotFoundException");
}

#[actix_web::test]
async fn wrong_answers_lock_the_user_across_sessions() {
    let (app, functions) = with_functions().await;
    let pool = pool_that_asks(&app, &functions).await;
    pool.user("alice").await;
    let mut messages = Vec::new();
    for _ in 0..6 {
        let asked = begin(&pool, "alice").await.ok();
        messages.push(answer(&pool, "alice", &asked["Session"], "guess").await.message());
    }
    assert_eq!(messages.last().map(String::as_str), Some("Password attempts exceeded"), "{messages:?}");
    assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "Password attempts exceeded", "one lock for both");
}

#[actix_web::test]
async fn a_proof_of_the_password_comes_first_where_the_client_begins_with_one() {
    let (app, functions) = with_functions().await;
    let pool = pool_that_asks(&app, &functions).await;
    pool.user("alice").await;
    let client = Client { secret: [0x42; 32], pool: pool.id.name(), stamp: STAMP };
    let prove = async |password: &str| {
        let parameters = json!({"USERNAME": "alice", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.public_hex()});
        let asked = pool.client("InitiateAuth", json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": parameters})).await.ok();
        assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
        let asked = &asked["ChallengeParameters"];
        let text = |name: &str| asked[name].as_str().unwrap();
        let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
        let signature = client.prove(text("USER_ID_FOR_SRP"), password, text("SALT"), text("SRP_B"), &block);
        let responses = json!({"USERNAME": "alice", "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
                               "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": STAMP});
        pool.client("RespondToAuthChallenge", json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses})).await
    };
    assert_eq!(prove("wrong").await.message(), "Incorrect username or password.");
    let srp_a = json!({"challengeName": "SRP_A", "challengeResult": true});
    assert_eq!(functions.event("define")["request"]["session"], json!([srp_a]));
    let asked = prove(PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    let verifier = json!({"challengeName": "PASSWORD_VERIFIER", "challengeResult": true});
    assert_eq!(functions.event("define")["request"]["session"], json!([srp_a, verifier]));
    let signed_in = answer(&pool, "alice", &asked["Session"], "open").await.ok();
    assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
    // A password that was proven is no answer to what the functions ask.
    functions.answer("define", json!({"challengeName": "CUSTOM_CHALLENGE"}));
    let parameters = json!({"USERNAME": "alice", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.public_hex()});
    let skipped = pool.client("InitiateAuth", json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": parameters})).await.ok();
    assert_eq!(skipped["ChallengeName"], "CUSTOM_CHALLENGE");
}
