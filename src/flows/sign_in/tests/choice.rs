//! A sign-in by choice: what is offered, the code in place of the password, and that both tell nothing of who exists.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::testing::PASSWORD;

const ADDRESS: &str = "alice@x.example";

/// A pool in which every factor comes first that we have, and whose client tells who exists, or hides it.
pub(super) async fn pool_by_choice<'a>(app: &'a TestApp, existence: &str) -> TestPool<'a> {
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}});
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"ExplicitAuthFlows": flows, "PreventUserExistenceErrors": existence});
    app.pool_with(json!({"Policies": factors}), client).await
}

pub(super) async fn with_address(pool: &TestPool<'_>, name: &str, address: &str) {
    pool.user_with(name, json!({"email": address, "email_verified": "true"})).await;
}

/// A confirmed user who has a password and no address.
async fn plain(pool: &TestPool<'_>, name: &str) {
    let new = json!({"Username": name, "TemporaryPassword": OTHER, "MessageAction": "SUPPRESS"});
    pool.admin("AdminCreateUser", new).await.ok();
    set_password(pool, name, PASSWORD, true).await;
}

pub(super) async fn begin(pool: &TestPool<'_>, name: &str, more: Value) -> Answer {
    let mut parameters = json!({"USERNAME": name});
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pool.client("InitiateAuth", json!({"AuthFlow": "USER_AUTH", "AuthParameters": parameters})).await
}

async fn by_code(pool: &TestPool<'_>, name: &str) -> Value {
    // The newest message is told by the clock.
    pool.app.advance(Duration::from_secs(1));
    let asked = begin(pool, name, json!({"PREFERRED_CHALLENGE": "EMAIL_OTP"})).await.ok();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP", "{asked}");
    asked["Session"].clone()
}

async fn answer_email(pool: &TestPool<'_>, name: &str, session: &Value, code: &str) -> Answer {
    pool.respond("EMAIL_OTP", session, json!({"USERNAME": name, "EMAIL_OTP_CODE": code})).await
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn error(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

#[actix_web::test]
async fn who_has_an_address_signs_in_by_a_code_that_reaches_it() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let asked = begin(&pool, "alice", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(asked["AvailableChallenges"], json!(["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]));
    let chosen = json!({"USERNAME": "alice", "ANSWER": "EMAIL_OTP"});
    let sent = pool.respond("SELECT_CHALLENGE", &asked["Session"], chosen.clone()).await.ok();
    assert_eq!(sent["ChallengeName"], "EMAIL_OTP");
    let told = json!({"CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL", "CODE_DELIVERY_DESTINATION": "a***@x***"});
    assert_eq!(sent["ChallengeParameters"], told);
    let message = app.messages_to(ADDRESS).await.pop().unwrap();
    assert_eq!(message.trigger_source, "CustomMessage_Authentication");
    let code = message.code.unwrap();
    assert_eq!(
        answer_email(&pool, "alice", &sent["Session"], &other_than(&code)).await.error(),
        error("CodeMismatchException", "Invalid code or auth state for the user.")
    );
    let signed_in = answer_email(&pool, "alice", &sent["Session"], &code).await.ok();
    assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
    // Neither the code nor either session serves twice.
    assert_eq!(answer_email(&pool, "alice", &sent["Session"], &code).await.code(), "NotAuthorizedException");
    let again = pool.respond("SELECT_CHALLENGE", &asked["Session"], chosen).await.error();
    assert_eq!(again, error("NotAuthorizedException", "Invalid session for the user, session can only be used once."));
}

#[actix_web::test]
async fn a_backend_begins_by_choice_too() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let parameters = json!({"USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP"});
    let begin = json!({"ClientId": pool.client_id, "AuthFlow": "USER_AUTH", "AuthParameters": parameters});
    let asked = pool.admin("AdminInitiateAuth", begin).await.ok();
    let responses = json!({"USERNAME": "alice", "EMAIL_OTP_CODE": app.code_sent_to(ADDRESS).await});
    let answer = json!({"ClientId": pool.client_id, "ChallengeName": "EMAIL_OTP", "Session": asked["Session"],
                        "ChallengeResponses": responses});
    let signed_in = pool.admin("AdminRespondToAuthChallenge", answer).await.ok();
    assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
}

#[actix_web::test]
async fn the_password_is_given_with_the_choice_or_after_it() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    plain(&pool, "alice").await;
    let whole = begin(&pool, "alice", json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD})).await.ok();
    assert!(whole["AuthenticationResult"].is_object());
    let asked = begin(&pool, "alice", json!({"PREFERRED_CHALLENGE": "PASSWORD"})).await.ok();
    assert_eq!(asked["ChallengeName"], "PASSWORD");
    let answer =
        async |password: &str| pool.respond("PASSWORD", &asked["Session"], json!({"USERNAME": "alice", "PASSWORD": password})).await;
    assert_eq!(answer(OTHER).await.message(), "Incorrect username or password.");
    assert!(answer(PASSWORD).await.ok()["AuthenticationResult"].is_object());
    assert_eq!(answer(PASSWORD).await.message(), "Invalid session for the user, session can only be used once.");
    let asked = begin(&pool, "alice", json!({})).await.ok();
    assert_eq!(asked["AvailableChallenges"], json!(["PASSWORD", "PASSWORD_SRP"]), "who has no address is offered no code");
    let chosen = json!({"USERNAME": "alice", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD});
    assert!(pool.respond("SELECT_CHALLENGE", &asked["Session"], chosen).await.ok()["AuthenticationResult"].is_object());
    for (more, expected) in [
        (json!({"PREFERRED_CHALLENGE": "PASSWORD_SRP"}), "PASSWORD_SRP"),
        (json!({"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": "ab"}), "PASSWORD_VERIFIER"),
        (json!({"PREFERRED_CHALLENGE": "EMAIL_OTP"}), "SELECT_CHALLENGE"),
        (json!({"PREFERRED_CHALLENGE": "WEB_AUTHN"}), "SELECT_CHALLENGE"),
    ] {
        assert_eq!(begin(&pool, "alice", more).await.ok()["ChallengeName"], expected);
    }
}

#[actix_web::test]
async fn what_is_no_choice_is_refused() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    plain(&pool, "alice").await;
    assert_eq!(begin(&pool, "alice", json!({"PREFERRED_CHALLENGE": "SMS_MFA"})).await.code(), "InvalidParameterException");
    assert_eq!(begin(&pool, "nobody", json!({})).await.code(), "UserNotFoundException");
    let asked = begin(&pool, "alice", json!({})).await.ok();
    for (name, responses) in [
        ("SELECT_CHALLENGE", json!({"USERNAME": "alice", "ANSWER": "EMAIL_OTP"})),
        ("SELECT_CHALLENGE", json!({"USERNAME": "alice", "ANSWER": "WEB_AUTHN"})),
        ("SELECT_CHALLENGE", json!({"USERNAME": "alice", "ANSWER": "SOFTWARE_TOKEN_MFA"})),
        ("SELECT_CHALLENGE", json!({"USERNAME": "alice"})),
        ("PASSWORD", json!({"USERNAME": "alice"})),
    ] {
        let refused = pool.respond(name, &asked["Session"], responses.clone()).await;
        assert_eq!(refused.code(), "InvalidParameterException", "{name} {responses}");
    }
    let other = app.pool().await;
    let refused = begin(&other, "alice", json!({})).await.error();
    assert_eq!(refused, error("InvalidParameterException", "USER_AUTH flow not enabled for this client"));
    for factors in [json!(["SOFTWARE_TOKEN"]), json!(["PASSWORD", "EMAIL_OTP"])] {
        let policies = json!({"SignInPolicy": {"AllowedFirstAuthFactors": factors}});
        let pool = app.pool().await;
        set_mfa(&pool, "ON").await;
        let update = json!({"Policies": policies, "MfaConfiguration": "ON"});
        assert_eq!(pool.admin("UpdateUserPool", update).await.code(), "InvalidParameterException", "{factors}");
    }
}

#[actix_web::test]
async fn a_session_is_of_one_user_one_client_and_one_challenge() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    with_address(&pool, "bob", "bob@x.example").await;
    let session = by_code(&pool, "alice").await;
    let code = app.code_sent_to(ADDRESS).await;
    let invalid = error("NotAuthorizedException", "Invalid session for the user.");
    assert_eq!(answer_email(&pool, "bob", &session, &code).await.error(), invalid);
    for (name, responses) in [
        ("SMS_OTP", json!({"USERNAME": "alice", "SMS_OTP_CODE": code})),
        ("SMS_MFA", json!({"USERNAME": "alice", "SMS_MFA_CODE": code})),
        ("PASSWORD", json!({"USERNAME": "alice", "PASSWORD": PASSWORD})),
        ("SELECT_CHALLENGE", json!({"USERNAME": "alice", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD})),
        ("SELECT_MFA_TYPE", json!({"USERNAME": "alice", "ANSWER": "SMS_MFA"})),
        ("MFA_SETUP", json!({"USERNAME": "alice"})),
        ("SOFTWARE_TOKEN_MFA", json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code})),
        ("NEW_PASSWORD_REQUIRED", json!({"USERNAME": "alice", "NEW_PASSWORD": OTHER})),
    ] {
        assert_eq!(pool.respond(name, &session, responses).await.error(), invalid, "{name}");
    }
    let client = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
    let other = pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"]["ClientId"].clone();
    let elsewhere = json!({"ClientId": other, "ChallengeName": "EMAIL_OTP", "Session": session,
                           "ChallengeResponses": {"USERNAME": "alice", "EMAIL_OTP_CODE": code}});
    assert_eq!(app.anonymous().call("RespondToAuthChallenge", elsewhere).await.code(), "NotAuthorizedException");
    // The code of one session is none of another, and the newest ends the one before.
    let newer = by_code(&pool, "alice").await;
    assert_eq!(answer_email(&pool, "alice", &newer, &code).await.code(), "CodeMismatchException");
    assert_eq!(answer_email(&pool, "alice", &session, &code).await.code(), "CodeMismatchException");
    answer_email(&pool, "alice", &newer, &app.code_sent_to(ADDRESS).await).await.ok();
    let late = by_code(&pool, "alice").await;
    app.advance(Duration::from_secs(180));
    let late = answer_email(&pool, "alice", &late, &app.code_sent_to(ADDRESS).await).await.message();
    assert_eq!(late, "Invalid session for the user, session is expired.");
}

/// C2: each of a user's codes, while all of them are good, at everything else that takes one.
#[actix_web::test]
async fn a_code_serves_what_it_was_sent_for_and_nothing_else() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let token = pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"]["AccessToken"].clone();
    let ask = json!({"AccessToken": token, "AttributeName": "email"});
    app.anonymous().call("GetUserAttributeVerificationCode", ask).await.ok();
    let of_address = app.code_sent_to(ADDRESS).await;
    app.advance(Duration::from_secs(1));
    pool.client("ForgotPassword", json!({"Username": "alice"})).await.ok();
    let of_reset = app.code_sent_to(ADDRESS).await;
    let session = by_code(&pool, "alice").await;
    let of_sign_in = app.code_sent_to(ADDRESS).await;
    assert!(of_address != of_reset && of_reset != of_sign_in && of_sign_in != of_address);
    let verify = async |code: &str| {
        app.anonymous().call("VerifyUserAttribute", json!({"AccessToken": token, "AttributeName": "email", "Code": code})).await.code()
    };
    let reset = async |code: &str| {
        pool.client("ConfirmForgotPassword", json!({"Username": "alice", "ConfirmationCode": code, "Password": OTHER})).await.code()
    };
    let mismatch = "CodeMismatchException";
    for other in [&of_reset, &of_sign_in] {
        assert_eq!(verify(other).await, mismatch);
    }
    for other in [&of_address, &of_sign_in] {
        assert_eq!(reset(other).await, mismatch);
    }
    for other in [&of_address, &of_reset] {
        assert_eq!(answer_email(&pool, "alice", &session, other).await.code(), mismatch);
    }
    assert_eq!(verify(&of_address).await, "");
    answer_email(&pool, "alice", &session, &of_sign_in).await.ok();
    assert_eq!(reset(&of_reset).await, "");
}

#[actix_web::test]
async fn of_racing_answers_one_signs_in() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let session = by_code(&pool, "alice").await;
    let code = app.code_sent_to(ADDRESS).await;
    let answers = futures_util::future::join_all((0..8).map(|_| answer_email(&pool, "alice", &session, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[actix_web::test]
async fn guesses_are_counted_by_user_across_sessions() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let mut said = Vec::new();
    for _ in 0..2 {
        let session = by_code(&pool, "alice").await;
        let wrong = other_than(&app.code_sent_to(ADDRESS).await);
        for _ in 0..3 {
            said.push(answer_email(&pool, "alice", &session, &wrong).await.message());
        }
    }
    let (wrong, locked) = ("Invalid code or auth state for the user.", "Code attempts exceeded");
    assert_eq!(said, [wrong, wrong, wrong, wrong, wrong, locked]);
    // Five wrong ones end a code for good, however long one waits between them.
    let session = by_code(&pool, "alice").await;
    let code = app.code_sent_to(ADDRESS).await;
    for wait in [2, 3, 5, 9, 17] {
        app.advance(Duration::from_secs(wait));
        assert_eq!(answer_email(&pool, "alice", &session, &other_than(&code)).await.message(), wrong);
    }
    app.advance(Duration::from_secs(40));
    assert_eq!(answer_email(&pool, "alice", &session, &code).await.message(), "Invalid session for the user, attempts exceeded.");
}

#[actix_web::test]
async fn an_hour_sends_so_many_codes_that_nobody_uses() {
    let app = TestApp::new().await;
    for existence in ["LEGACY", "ENABLED"] {
        let pool = pool_by_choice(&app, existence).await;
        with_address(&pool, "alice", ADDRESS).await;
        for name in ["alice", "ghost"] {
            let mut codes = Vec::new();
            for _ in 0..6 {
                codes.push(begin(&pool, name, json!({"PREFERRED_CHALLENGE": "EMAIL_OTP"})).await.code());
            }
            match (name, existence) {
                ("ghost", "LEGACY") => assert!(codes.iter().all(|code| code == "UserNotFoundException")),
                _ => assert_eq!(codes, ["", "", "", "", "", "TooManyRequestsException"], "{name} {existence}"),
            }
        }
        assert_eq!(app.messages_to(ADDRESS).await.len(), if existence == "LEGACY" { 5 } else { 11 });
        app.advance(Duration::from_secs(3600));
        by_code(&pool, "alice").await;
    }
}

#[actix_web::test]
async fn where_users_are_hidden_all_names_are_answered_alike() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "ENABLED").await;
    with_address(&pool, "a-known", "known@x.example").await;
    plain(&pool, "a-plain").await;
    with_address(&pool, "a-gone!", "gone@x.example").await;
    pool.admin("AdminDisableUser", json!({"Username": "a-gone!"})).await.ok();
    pool.client("SignUp", json!({"Username": "a-waits", "Password": PASSWORD})).await.ok();
    let mut all = Vec::new();
    for name in ["a-known", "a-plain", "a-gone!", "a-waits", "a-ghost"] {
        let mut said = Vec::new();
        let mut note = |mut answer: Answer| {
            if let Some(session) = answer.body["Session"].as_str() {
                answer.body["Session"] = json!(session.len());
            }
            said.push((answer.status, answer.body.clone()));
        };
        note(begin(&pool, name, json!({})).await);
        note(begin(&pool, name, json!({"PREFERRED_CHALLENGE": "PASSWORD"})).await);
        note(begin(&pool, name, json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": OTHER})).await);
        let asked = begin(&pool, name, json!({"PREFERRED_CHALLENGE": "EMAIL_OTP"})).await;
        let session = asked.body["Session"].clone();
        note(asked);
        for _ in 0..6 {
            note(answer_email(&pool, name, &session, "no code").await);
        }
        note(begin(&pool, name, json!({"PREFERRED_CHALLENGE": "SMS_OTP"})).await);
        let selected = begin(&pool, name, json!({})).await.ok();
        let chosen = json!({"USERNAME": name, "ANSWER": "EMAIL_OTP"});
        note(pool.respond("SELECT_CHALLENGE", &selected["Session"], chosen).await);
        all.push(json!(said).to_string().replace(name, "…"));
    }
    let masked = |text: &String| {
        // A destination is a name's own.
        let mut text: Value = serde_json::from_str(text).unwrap();
        for said in text.as_array_mut().unwrap() {
            let destination = &mut said[1]["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"];
            if let Some(shown) = destination.as_str() {
                *destination = json!(shown.len());
            }
        }
        text
    };
    for other in &all[1..] {
        assert_eq!(masked(other), masked(&all[0]));
    }
    let (offered, sent) = (&masked(&all[0])[0][1]["AvailableChallenges"], app.messages_to("gone@x.example").await.len());
    assert_eq!(*offered, json!(["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"]));
    assert_eq!((sent, app.messages_to("known@x.example").await.len()), (0, 2));
}

#[actix_web::test]
async fn a_code_in_place_of_the_password_does_not_pass_the_second_factor_by() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    set_mfa(&pool, "OPTIONAL").await;
    let session = by_code(&pool, "alice").await;
    let code = app.code_sent_to(ADDRESS).await;
    let seed = enrol(&app, &pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"], None).await;
    assert_eq!(begin(&pool, "alice", json!({})).await.ok()["AvailableChallenges"], json!(["PASSWORD", "PASSWORD_SRP"]));
    // The session that began before it ends with it.
    assert_eq!(answer_email(&pool, "alice", &session, &code).await.message(), "Invalid session for the user.");
    app.advance(Duration::from_secs(30));
    let asked = begin(&pool, "alice", json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD})).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    answer_code(&pool, "alice", &asked["Session"], &super::code(&app, &seed)).await.ok();
}

#[actix_web::test]
async fn a_code_does_not_outlive_the_address_that_it_went_to() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let session = by_code(&pool, "alice").await;
    let code = app.code_sent_to(ADDRESS).await;
    let moved = json!([{"Name": "email", "Value": "new@x.example"}, {"Name": "email_verified", "Value": "true"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": moved})).await.ok();
    assert_eq!(answer_email(&pool, "alice", &session, &code).await.code(), "CodeMismatchException");
}

#[actix_web::test]
async fn who_signs_up_without_a_password_goes_on_into_a_sign_in() {
    let app = TestApp::new().await;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let settings = json!({"Policies": factors, "AutoVerifiedAttributes": ["email"]});
    let pool = app.pool_with(settings, json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"], "PreventUserExistenceErrors": "LEGACY"})).await;
    let attributes = json!([{"Name": "email", "Value": ADDRESS}]);
    let without = pool.client("SignUp", json!({"Username": "alice"})).await;
    assert_eq!(without.code(), "InvalidParameterException", "without an address there is no way in");
    let signed_up = pool.client("SignUp", json!({"Username": "alice", "UserAttributes": attributes})).await.ok();
    assert_eq!(begin(&pool, "alice", json!({})).await.code(), "UserNotConfirmedException");
    let confirm = json!({"Username": "alice", "ConfirmationCode": app.code_sent_to(ADDRESS).await});
    let mut with_other = confirm.clone();
    with_other["Session"] = json!("x".repeat(20));
    assert_eq!(pool.client("ConfirmSignUp", with_other).await.message(), "Invalid session for the user.");
    let mut with_session = confirm;
    with_session["Session"] = signed_up["Session"].clone();
    let confirmed = pool.client("ConfirmSignUp", with_session).await.ok();
    let initiate = async |name: &str, session: &Value| {
        let begin = json!({"AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": name}, "Session": session});
        pool.client("InitiateAuth", begin).await
    };
    with_address(&pool, "bob", "bob@x.example").await;
    for (name, session) in [("bob", &confirmed["Session"]), ("ghost", &confirmed["Session"]), ("alice", &signed_up["Session"])] {
        let refused = initiate(name, session).await.code();
        assert!(["NotAuthorizedException", "UserNotFoundException"].contains(&refused.as_str()), "{name} {refused}");
    }
    let as_answer = pool.respond("EMAIL_OTP", &confirmed["Session"], json!({"USERNAME": "alice", "EMAIL_OTP_CODE": "000000"})).await;
    assert_eq!(as_answer.code(), "NotAuthorizedException", "it answers no challenge");
    let signed_in = initiate("alice", &confirmed["Session"]).await.ok();
    assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
    let again = initiate("alice", &confirmed["Session"]).await.message();
    assert_eq!(again, "Invalid session for the user, session can only be used once.");
    // From now on by a code.
    let session = by_code(&pool, "alice").await;
    answer_email(&pool, "alice", &session, &app.code_sent_to(ADDRESS).await).await.ok();
}

#[actix_web::test]
async fn an_administrator_makes_users_without_a_password_where_codes_let_in() {
    let app = TestApp::new().await;
    let pool = pool_by_choice(&app, "LEGACY").await;
    assert_eq!(pool.admin("AdminCreateUser", json!({"Username": "alice"})).await.code(), "InvalidParameterException");
    let attributes = json!([{"Name": "email", "Value": ADDRESS}, {"Name": "email_verified", "Value": "true"}]);
    let new = json!({"Username": "alice", "UserAttributes": attributes, "DesiredDeliveryMediums": ["EMAIL"]});
    let made = pool.admin("AdminCreateUser", new).await.ok();
    assert_eq!(made["User"]["UserStatus"], "CONFIRMED");
    let invitation = app.messages_to(ADDRESS).await.pop().unwrap();
    assert_eq!((invitation.body.as_str(), invitation.code), ("Your username is alice", None));
    assert_eq!(begin(&pool, "alice", json!({})).await.ok()["AvailableChallenges"], json!(["EMAIL_OTP"]));
    let session = by_code(&pool, "alice").await;
    answer_email(&pool, "alice", &session, &app.code_sent_to(ADDRESS).await).await.ok();
    assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "Incorrect username or password.");
}
