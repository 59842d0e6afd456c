//! The second factors that are sent, the choice among several, and the one that is set up in a sign-in.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::testing::PASSWORD;

const EMAIL: &str = "alice@x.example";
const PHONE: &str = "+15555550100";

/// A pool with every second factor.
async fn pool_with_factors<'a>(app: &'a TestApp, mode: &str) -> TestPool<'a> {
    let pool = app.pool().await;
    let config = json!({
        "MfaConfiguration": mode,
        "SoftwareTokenMfaConfiguration": {"Enabled": true},
        "SmsMfaConfiguration": {"SmsAuthenticationMessage": "sms {####}"},
        "EmailMfaConfiguration": {"Message": "mail {####}", "Subject": "subject"},
    });
    let answered = pool.admin("SetUserPoolMfaConfig", config.clone()).await.ok();
    assert_eq!(answered, config);
    assert_eq!(pool.admin("GetUserPoolMfaConfig", json!({})).await.ok(), config);
    pool
}

async fn with_addresses(pool: &TestPool<'_>, name: &str) {
    let attributes = json!({"email": EMAIL, "email_verified": "true", "phone_number": PHONE, "phone_number_verified": "true"});
    pool.user_with(name, attributes).await;
}

async fn prefer(pool: &TestPool<'_>, name: &str, wishes: Value) -> Answer {
    let mut request = json!({"Username": name});
    request.as_object_mut().unwrap().extend(wishes.as_object().unwrap().clone());
    pool.admin("AdminSetUserMFAPreference", request).await
}

fn on(preferred: bool) -> Value {
    json!({"Enabled": true, "PreferredMfa": preferred})
}

async fn newest(app: &TestApp, address: &str) -> crate::userpools::message::Message {
    app.messages_to(address).await.pop().unwrap()
}

/// Source: API reference, CreateUserPool, AccountRecoverySetting.
#[actix_web::test]
async fn an_address_that_is_a_second_factor_recovers_nothing_where_the_pool_says_by_which() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    with_addresses(&pool, "alice").await;
    // A client that hides users tells by the name alone where a code goes.
    let told = json!({"ClientId": pool.client_id, "PreventUserExistenceErrors": "LEGACY"});
    pool.admin("UpdateUserPoolClient", told).await.ok();
    let forgot = async || pool.client("ForgotPassword", json!({"Username": "alice"})).await;
    let medium = async || forgot().await.ok()["CodeDeliveryDetails"]["DeliveryMedium"].clone();
    prefer(&pool, "alice", json!({"SMSMfaSettings": on(true)})).await.ok();
    assert_eq!(medium().await, "SMS", "a pool that says nothing asks the phone first, as ever");
    let ways = json!([{"Priority": 1, "Name": "verified_phone_number"}, {"Priority": 2, "Name": "verified_email"}]);
    // What is left out is reset.
    pool.admin("UpdateUserPool", json!({"AccountRecoverySetting": {"RecoveryMechanisms": ways}, "MfaConfiguration": "OPTIONAL"}))
        .await
        .ok();
    assert_eq!(medium().await, "EMAIL");
    prefer(&pool, "alice", json!({"EmailMfaSettings": on(false)})).await.ok();
    let neither = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    assert_eq!(forgot().await.error(), ("InvalidParameterException".to_owned(), neither.to_owned()));
    let reset = pool.admin("AdminResetUserPassword", json!({"Username": "alice"})).await;
    assert_eq!(reset.code(), "InvalidParameterException");
    prefer(&pool, "alice", json!({"SMSMfaSettings": {"Enabled": false}})).await.ok();
    assert_eq!(medium().await, "SMS");
}

#[actix_web::test]
async fn a_code_by_text_message_or_by_mail_follows_the_password() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    with_addresses(&pool, "alice").await;
    for (setting, challenge, member, address, text) in
        [("SMSMfaSettings", "SMS_MFA", "SMS_MFA_CODE", PHONE, "sms "), ("EmailMfaSettings", "EMAIL_OTP", "EMAIL_OTP_CODE", EMAIL, "mail ")]
    {
        prefer(&pool, "alice", json!({setting: on(true)})).await.ok();
        let described = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(described["PreferredMfaSetting"], challenge);
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], challenge);
        assert_eq!(asked["ChallengeParameters"]["USER_ID_FOR_SRP"], "alice");
        let message = newest(&app, address).await;
        let code = message.code.unwrap();
        assert_eq!((message.body, message.trigger_source.as_str()), (format!("{text}{code}"), "CustomMessage_Authentication"));
        let wrong = pool.respond(challenge, &asked["Session"], json!({"USERNAME": "alice", member: "no code"})).await;
        assert_eq!(wrong.error(), ("CodeMismatchException".to_owned(), "Invalid code or auth state for the user.".to_owned()));
        let signed_in = pool.respond(challenge, &asked["Session"], json!({"USERNAME": "alice", member: code})).await.ok();
        assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
        let again = pool.respond(challenge, &asked["Session"], json!({"USERNAME": "alice", member: code})).await;
        assert_eq!(again.message(), "Invalid session for the user, session can only be used once.");
    }
}

#[actix_web::test]
async fn who_has_several_factors_and_prefers_none_chooses() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    with_addresses(&pool, "alice").await;
    prefer(&pool, "alice", json!({"SMSMfaSettings": on(false), "EmailMfaSettings": on(false)})).await.ok();
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_MFA_TYPE");
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"], "[\"SMS_MFA\",\"EMAIL_OTP\"]");
    let choose =
        async |factor: &str| pool.respond("SELECT_MFA_TYPE", &asked["Session"], json!({"USERNAME": "alice", "ANSWER": factor})).await;
    assert_eq!(choose("SOFTWARE_TOKEN_MFA").await.code(), "InvalidParameterException", "none that was not set up");
    assert_eq!(choose("PASSWORD").await.code(), "InvalidParameterException");
    let sent = choose("EMAIL_OTP").await.ok();
    assert_eq!(sent["ChallengeName"], "EMAIL_OTP");
    assert_eq!(choose("SMS_MFA").await.message(), "Invalid session for the user, session can only be used once.");
    let code = newest(&app, EMAIL).await.code.unwrap();
    let as_sms = pool.respond("SMS_MFA", &sent["Session"], json!({"USERNAME": "alice", "SMS_MFA_CODE": code})).await;
    assert_eq!(as_sms.message(), "Invalid session for the user.");
    let done = pool.respond("EMAIL_OTP", &sent["Session"], json!({"USERNAME": "alice", "EMAIL_OTP_CODE": code})).await.ok();
    assert!(is_live(&app, &done["AuthenticationResult"]).await);
}

#[actix_web::test]
async fn where_everyone_shows_a_second_factor_an_address_is_one_and_its_code_verifies_it() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "ON").await;
    pool.user_with("alice", json!({"phone_number": PHONE})).await;
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SMS_MFA");
    let code = newest(&app, PHONE).await.code.unwrap();
    let signed_in = pool.respond("SMS_MFA", &asked["Session"], json!({"USERNAME": "alice", "SMS_MFA_CODE": code})).await.ok();
    let user = app.anonymous().call("GetUser", json!({"AccessToken": signed_in["AuthenticationResult"]["AccessToken"]})).await.ok();
    let verified = json!({"Name": "phone_number_verified", "Value": "true"});
    assert!(user["UserAttributes"].as_array().unwrap().contains(&verified), "{user}");
}

#[actix_web::test]
async fn who_has_no_factor_sets_an_address_up_by_a_code_that_reaches_it() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "ON").await;
    pool.user("alice").await;
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_SETUP"], "[\"SMS_MFA\",\"SOFTWARE_TOKEN_MFA\",\"EMAIL_OTP\"]");
    let set_up = async |address: &str| pool.respond("MFA_SETUP", &asked["Session"], json!({"USERNAME": "alice", "EMAIL": address})).await;
    assert_eq!(set_up("no address").await.code(), "InvalidParameterException");
    assert_eq!(pool.respond("MFA_SETUP", &asked["Session"], json!({"USERNAME": "alice"})).await.code(), "NotAuthorizedException");
    let sent = set_up(EMAIL).await.ok();
    assert_eq!(sent["ChallengeName"], "EMAIL_OTP");
    let before = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
    assert!(!before.to_string().contains(EMAIL), "an address is theirs once a code has reached it");
    let code = newest(&app, EMAIL).await.code.unwrap();
    let done = pool.respond("EMAIL_OTP", &sent["Session"], json!({"USERNAME": "alice", "EMAIL_OTP_CODE": code})).await.ok();
    assert!(is_live(&app, &done["AuthenticationResult"]).await);
    let after = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
    assert_eq!((&after["PreferredMfaSetting"], &after["UserMFASettingList"]), (&json!("EMAIL_OTP"), &json!(["EMAIL_OTP"])));
    assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "EMAIL_OTP");
}

#[actix_web::test]
async fn guesses_at_all_second_factors_are_one_count() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    with_addresses(&pool, "alice").await;
    prefer(&pool, "alice", json!({"SMSMfaSettings": on(false), "EmailMfaSettings": on(false)})).await.ok();
    let mut said = Vec::new();
    for (challenge, member) in [("SMS_MFA", "SMS_MFA_CODE"), ("EMAIL_OTP", "EMAIL_OTP_CODE")] {
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        let chosen = json!({"USERNAME": "alice", "ANSWER": challenge});
        let sent = pool.respond("SELECT_MFA_TYPE", &asked["Session"], chosen).await.ok();
        for _ in 0..3 {
            said.push(pool.respond(challenge, &sent["Session"], json!({"USERNAME": "alice", member: "no code"})).await.message());
        }
    }
    let (wrong, locked) = ("Invalid code or auth state for the user.", "Code attempts exceeded");
    assert_eq!(said, [wrong, wrong, wrong, wrong, wrong, locked]);
}

#[actix_web::test]
async fn codes_that_nobody_uses_are_so_many_an_hour_and_the_password_is_no_worse_for_it() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    with_addresses(&pool, "alice").await;
    prefer(&pool, "alice", json!({"SMSMfaSettings": on(true)})).await.ok();
    let mut said = Vec::new();
    for _ in 0..7 {
        said.push(pool.sign_in("alice", PASSWORD).await.code());
    }
    assert_eq!(said, ["", "", "", "", "", "TooManyRequestsException", "TooManyRequestsException"]);
    assert_eq!(app.messages_to(PHONE).await.len(), 5);
    app.advance(Duration::from_secs(3600));
    assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "SMS_MFA");
}

#[actix_web::test]
async fn what_cannot_be_wished_is_refused() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    pool.user("alice").await;
    with_addresses(&pool, "bob").await;
    let no_delivery = |factor: &str| format!("User does not have delivery config set to turn on {factor}");
    for (name, wishes, message) in [
        ("alice", json!({"SMSMfaSettings": on(false)}), no_delivery("SMS_MFA")),
        ("alice", json!({"EmailMfaSettings": on(false)}), no_delivery("EMAIL_OTP")),
        ("bob", json!({"SMSMfaSettings": {"PreferredMfa": true}}), "Preferred MFA must be enabled".to_owned()),
        ("bob", json!({"SMSMfaSettings": on(true), "EmailMfaSettings": on(true)}), "Only one factor can be set as preferred".to_owned()),
    ] {
        assert_eq!(prefer(&pool, name, wishes).await.error(), ("InvalidParameterException".to_owned(), message));
    }
    let other = pool_with_mfa(&app, "OPTIONAL").await;
    with_addresses(&other, "bob").await;
    assert_eq!(prefer(&other, "bob", json!({"SMSMfaSettings": on(false)})).await.message(), no_delivery("SMS_MFA"));
    for config in [
        json!({"MfaConfiguration": "ON"}),
        json!({"MfaConfiguration": "OFF", "EmailMfaConfiguration": {}}),
        json!({"MfaConfiguration": "OFF", "SmsMfaConfiguration": {}}),
    ] {
        assert_eq!(pool.admin("SetUserPoolMfaConfig", config.clone()).await.code(), "InvalidParameterException", "{config}");
    }
}

#[actix_web::test]
async fn an_update_of_the_pool_keeps_its_factors_while_it_asks_for_any() {
    let app = TestApp::new().await;
    let pool = pool_with_factors(&app, "OPTIONAL").await;
    let before = pool.admin("GetUserPoolMfaConfig", json!({})).await.ok();
    let update = json!({"MfaConfiguration": "OPTIONAL", "SmsAuthenticationMessage": "sms {####}"});
    pool.admin("UpdateUserPool", update).await.ok();
    assert_eq!(pool.admin("GetUserPoolMfaConfig", json!({})).await.ok(), before);
    let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
    assert_eq!(described["SmsAuthenticationMessage"], "sms {####}");
    assert_eq!((&described["SmsMfa"], &described["EmailMfaConfiguration"]), (&Value::Null, &Value::Null));
    pool.admin("UpdateUserPool", json!({})).await.ok();
    assert_eq!(pool.admin("GetUserPoolMfaConfig", json!({})).await.ok(), json!({"MfaConfiguration": "OFF"}));
}

#[actix_web::test]
async fn an_administrator_takes_a_lost_authenticator_away() {
    let app = TestApp::new().await;
    let pool = pool_with_mfa(&app, "OPTIONAL").await;
    let alice = pool.user("alice").await;
    let seed = enrol(&app, &alice.signed_in().await, Some("phone")).await;
    let factors = async || pool.admin("AdminGetUserAuthFactors", json!({"Username": "alice"})).await.ok();
    let had = json!({"Username": "alice", "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA", "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"],
                     "ConfiguredUserAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"]});
    assert_eq!(factors().await, had);
    app.advance(Duration::from_secs(30));
    let asked = pool.sign_in("alice", PASSWORD).await.ok();
    for _ in 0..2 {
        pool.admin("AdminDeleteSoftwareToken", json!({"Username": "alice"})).await.ok();
    }
    assert_eq!(answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await.message(), "Invalid session for the user.");
    let tokens = alice.signed_in().await;
    let left = json!({"Username": "alice", "ConfiguredUserAuthFactors": ["PASSWORD"]});
    assert_eq!(factors().await, left);
    let own = app.anonymous().call("GetUserAuthFactors", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
    assert_eq!(own, left);
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await;
    for operation in ["AdminDeleteSoftwareToken", "AdminGetUserAuthFactors"] {
        assert_eq!(pool.admin(operation, json!({"Username": "nobody"})).await.code(), "UserNotFoundException");
        let refused = ann.call(operation, json!({"UserPoolId": pool.id, "Username": "alice"})).await.code();
        assert_eq!(refused, "AccessDeniedException", "{operation}");
    }
}
