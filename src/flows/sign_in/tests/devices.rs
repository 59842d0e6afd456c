//! Remembered devices: what they prove, what they spare, and whose they are.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::crypto::sealed::Sealable as _;
use crate::crypto::srp::Verifier;
use crate::crypto::srp::tests::Client;
use crate::testing::{PASSWORD, TestUser};

const STAMP: &str = "Fri Jan 15 08:00:00 UTC 2027";
const SECRET: &str = "the device's own secret";

/// A device as its client keeps it.
struct Device {
    key: String,
    group_key: String,
}

fn tracked(skips: bool, asks: bool) -> Value {
    json!({"ChallengeRequiredOnNewDevice": skips, "DeviceOnlyRememberedOnUserPrompt": asks})
}

/// A pool that tracks devices, with TOTP as its second factor.
async fn pool_with_devices(app: &TestApp, skips: bool, asks: bool) -> TestPool<'_> {
    let pool = pool_with_mfa(app, "OPTIONAL").await;
    let update = json!({"MfaConfiguration": "OPTIONAL", "DeviceConfiguration": tracked(skips, asks)});
    pool.admin("UpdateUserPool", update).await.ok();
    pool
}

fn given(tokens: &Value) -> Device {
    let text = |name: &str| tokens["NewDeviceMetadata"][name].as_str().unwrap().to_owned();
    Device { key: text("DeviceKey"), group_key: text("DeviceGroupKey") }
}

fn claims(tokens: &Value) -> Value {
    let payload = tokens["AccessToken"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// What ConfirmDevice is given for a device.
fn confirmation(tokens: &Value, device: &Device) -> Value {
    let verifier = Verifier::make(&device.group_key, &device.key, &SECRET.into(), [0x91; 16]).to_plaintext().unwrap();
    let (salt, verifier) = verifier.split_at(16);
    json!({"AccessToken": tokens["AccessToken"], "DeviceKey": device.key, "DeviceName": "Laptop",
           "DeviceSecretVerifierConfig": {"Salt": STANDARD.encode(salt), "PasswordVerifier": STANDARD.encode(verifier)}})
}

/// Signs in on a new device and confirms it.
async fn confirmed(app: &TestApp, user: &TestUser<'_>) -> (Value, Device) {
    let tokens = user.signed_in().await;
    let device = given(&tokens);
    app.anonymous().call("ConfirmDevice", confirmation(&tokens, &device)).await.ok();
    (tokens, device)
}

async fn sign_in_on(pool: &TestPool<'_>, username: &str, key: &str) -> Answer {
    let parameters = json!({"USERNAME": username, "PASSWORD": PASSWORD, "DEVICE_KEY": key});
    pool.client("InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})).await
}

fn client(pool: &str) -> Client<'_> {
    Client { secret: [0x42; 32], pool, stamp: STAMP }
}

/// Begins a sign-in by SRP, and proves the password; with the same public value as the device is begun with.
async fn prove_password(pool: &TestPool<'_>, username: &str, key: &str) -> Answer {
    let own = client(pool.id.name());
    let parameters = json!({"USERNAME": username, "SRP_A": own.public_hex(), "DEVICE_KEY": key});
    let begun = pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
    let text = |name: &str| begun["ChallengeParameters"][name].as_str().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let signature = own.prove(text("USER_ID_FOR_SRP"), PASSWORD, text("SALT"), text("SRP_B"), &block);
    let responses = json!({"USERNAME": username, "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
                           "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": STAMP, "DEVICE_KEY": key});
    pool.respond("PASSWORD_VERIFIER", &Value::Null, responses).await
}

/// Answers DEVICE_SRP_AUTH.
async fn begin(pool: &TestPool<'_>, username: &str, session: &Value, device: &Device) -> Answer {
    let responses = json!({"USERNAME": username, "DEVICE_KEY": device.key, "SRP_A": client(&device.group_key).public_hex()});
    pool.respond("DEVICE_SRP_AUTH", session, responses).await
}

/// What DEVICE_PASSWORD_VERIFIER is answered with.
fn proof(username: &str, asked: &Value, device: &Device, secret: &str) -> Value {
    let text = |name: &str| asked["ChallengeParameters"][name].as_str().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let signature = client(&device.group_key).prove(&device.key, secret, text("SALT"), text("SRP_B"), &block);
    json!({"USERNAME": username, "DEVICE_KEY": device.key, "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
           "PASSWORD_CLAIM_SIGNATURE": signature, "TIMESTAMP": STAMP})
}

async fn prove(pool: &TestPool<'_>, username: &str, session: &Value, device: &Device, secret: &str) -> Answer {
    let asked = begin(pool, username, session, device).await.ok();
    assert_eq!(asked["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
    pool.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, proof(username, &asked, device, secret)).await
}

async fn refresh(pool: &TestPool<'_>, tokens: &Value, key: Option<&str>) -> Answer {
    let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"], "DEVICE_KEY": key});
    pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await
}

async fn mark(app: &TestApp, tokens: &Value, device: &Device, status: &str) -> Answer {
    let request = json!({"AccessToken": tokens["AccessToken"], "DeviceKey": device.key, "DeviceRememberedStatus": status});
    app.anonymous().call("UpdateDeviceStatus", request).await
}

fn invalid() -> (String, String) {
    ("NotAuthorizedException".to_owned(), "Invalid session for the user.".to_owned())
}

fn no_device() -> (String, String) {
    ("ResourceNotFoundException".to_owned(), "Device does not exist.".to_owned())
}

#[actix_web::test]
async fn a_confirmed_device_proves_itself_at_each_sign_in_and_no_other_secret_does() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DeviceConfiguration": tracked(false, false)}), json!({})).await;
    let alice = pool.user("alice").await;
    let (tokens, device) = confirmed(&app, &alice).await;
    assert_eq!(claims(&tokens)["device_key"], device.key);
    assert!(device.key.starts_with("us-east-1_"), "{}", device.key);
    let asked = sign_in_on(&pool, "alice", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH");
    let wrong = prove(&pool, "alice", &asked["Session"], &device, "another").await;
    assert_eq!(wrong.error(), ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned()));
    app.advance(Duration::from_secs(5));
    let right = prove(&pool, "alice", &asked["Session"], &device, SECRET).await.ok()["AuthenticationResult"].clone();
    assert_eq!((right.get("NewDeviceMetadata"), &claims(&right)["device_key"]), (None, &json!(device.key)));
    assert_eq!(begin(&pool, "alice", &asked["Session"], &device).await.code(), "NotAuthorizedException", "a session serves once");
    let got = pool.admin("AdminGetDevice", json!({"Username": "alice", "DeviceKey": device.key})).await.ok()["Device"].clone();
    assert!(got["DeviceLastAuthenticatedDate"].as_f64() > got["DeviceCreateDate"].as_f64(), "{got}");
    // A pool that tracks none gives none, and hears of none.
    pool.admin("UpdateUserPool", json!({})).await.ok();
    let plain = sign_in_on(&pool, "alice", &device.key).await.ok()["AuthenticationResult"].clone();
    assert_eq!((plain.get("NewDeviceMetadata"), claims(&plain).get("device_key")), (None, None));
}

#[actix_web::test]
async fn a_remembered_device_stands_in_for_the_second_factor_where_the_pool_says_so() {
    let app = TestApp::new().await;
    for skips in [true, false] {
        let pool = pool_with_devices(&app, skips, false).await;
        let alice = pool.user("alice").await;
        let (tokens, device) = confirmed(&app, &alice).await;
        let seed = enrol(&app, &tokens, None).await;
        app.advance(Duration::from_secs(30));
        let mut asked = sign_in_on(&pool, "alice", &device.key).await.ok();
        if !skips {
            assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
            asked = answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await.ok();
        }
        assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH", "{skips}");
        assert_eq!(prove(&pool, "alice", &asked["Session"], &device, SECRET).await.status, 200);
        // No other device is spared the code.
        assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    }
}

#[actix_web::test]
async fn no_device_but_ones_own_that_is_remembered_now_spares_the_second_factor() {
    let app = TestApp::new().await;
    let pool = pool_with_devices(&app, true, true).await;
    let (alice, bob) = (pool.user("alice").await, pool.user("bob").await);
    let (tokens, device) = confirmed(&app, &alice).await;
    let (bobs_tokens, bobs) = confirmed(&app, &bob).await;
    mark(&app, &bobs_tokens, &bobs, "remembered").await.ok();
    let seed = enrol(&app, &tokens, None).await;
    app.advance(Duration::from_secs(30));
    // Not remembered until its user says so: the code is asked for, and the device is still the same.
    let asked = sign_in_on(&pool, "alice", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let on_it = answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await.ok()["AuthenticationResult"].clone();
    assert_eq!((on_it.get("NewDeviceMetadata"), &claims(&on_it)["device_key"]), (None, &json!(device.key)));
    // Another's is none of hers.
    assert_eq!(sign_in_on(&pool, "alice", &bobs.key).await.error(), no_device());
    mark(&app, &tokens, &device, "remembered").await.ok();
    let asked = sign_in_on(&pool, "alice", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH");
    // The session is hers and this device's.
    assert_eq!(begin(&pool, "alice", &asked["Session"], &bobs).await.error(), invalid());
    assert_eq!(begin(&pool, "bob", &asked["Session"], &device).await.error(), invalid());
    let code_instead = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": "000000"});
    assert_eq!(pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], code_instead).await.error(), invalid());
    let begun = begin(&pool, "alice", &asked["Session"], &device).await.ok();
    let mut as_bob = proof("alice", &begun, &device, SECRET);
    as_bob["USERNAME"] = json!("bob");
    assert_eq!(pool.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, as_bob).await.code(), "NotAuthorizedException");
    // Whoever marks it as not remembered, or forgets it, in the midst of a sign-in ends that.
    mark(&app, &tokens, &device, "not_remembered").await.ok();
    let late = pool.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, proof("alice", &begun, &device, SECRET)).await;
    assert_eq!(late.error(), invalid());
    mark(&app, &tokens, &device, "remembered").await.ok();
    let asked = sign_in_on(&pool, "alice", &device.key).await.ok();
    let begun = begin(&pool, "alice", &asked["Session"], &device).await.ok();
    pool.admin("AdminForgetDevice", json!({"Username": "alice", "DeviceKey": device.key})).await.ok();
    let late = pool.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, proof("alice", &begun, &device, SECRET)).await;
    assert_eq!(late.code(), "NotAuthorizedException");
    assert_eq!(sign_in_on(&pool, "alice", &device.key).await.error(), no_device());
    assert_eq!(mark(&app, &tokens, &device, "remembered").await.error(), no_device());
    let again = app.anonymous().call("ConfirmDevice", confirmation(&tokens, &device)).await;
    assert_eq!(again.message(), "Invalid device key given.", "what was forgotten is not confirmed again");
}

#[actix_web::test]
async fn whose_a_device_is_is_told_to_who_proves_the_password_and_costs_no_try() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DeviceConfiguration": tracked(true, false)}), json!({})).await;
    let alice = pool.user("alice").await;
    let (_, device) = confirmed(&app, &alice).await;
    let unknown = "us-east-1_00000000-0000-4000-8000-000000000000";
    for key in [unknown, device.key.as_str()] {
        let parameters = json!({"USERNAME": "alice", "PASSWORD": "wrong", "DEVICE_KEY": key});
        let wrong = pool.client("InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})).await;
        assert_eq!(wrong.message(), "Incorrect username or password.");
    }
    for _ in 0..7 {
        assert_eq!(sign_in_on(&pool, "alice", unknown).await.error(), no_device());
    }
    let long = sign_in_on(&pool, "alice", &"x".repeat(56)).await;
    assert_eq!(long.code(), "InvalidParameterException");
    // As amazon-cognito-identity-js does: the same proof again, with null for the device.
    let own = Client { secret: [0x42; 32], pool: pool.id.name(), stamp: STAMP };
    let parameters = json!({"USERNAME": "alice", "SRP_A": own.public_hex(), "DEVICE_KEY": unknown});
    let begun = pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
    let text = |name: &str| begun["ChallengeParameters"][name].as_str().unwrap();
    let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
    let signature = own.prove(text("USER_ID_FOR_SRP"), PASSWORD, text("SALT"), text("SRP_B"), &block);
    let answer = |key: Value| {
        json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": {
            "USERNAME": "alice", "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"), "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": STAMP, "DEVICE_KEY": key}})
    };
    assert_eq!(pool.client("RespondToAuthChallenge", answer(json!(unknown))).await.error(), no_device());
    let done = pool.client("RespondToAuthChallenge", answer(Value::Null)).await.ok();
    assert!(done["AuthenticationResult"]["NewDeviceMetadata"].is_object(), "{done}");
}

#[actix_web::test]
async fn refresh_tokens_serve_on_the_device_that_they_were_given_to() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DeviceConfiguration": tracked(true, true)}), json!({})).await;
    let (alice, bob) = (pool.user("alice").await, pool.user("bob").await);
    let unconfirmed = alice.signed_in().await;
    let (tokens, device) = confirmed(&app, &alice).await;
    let (_, bobs) = confirmed(&app, &bob).await;
    let refused = ("NotAuthorizedException".to_owned(), "Invalid Refresh Token".to_owned());
    assert_eq!(refresh(&pool, &tokens, Some(&device.key)).await.status, 200, "it need not be remembered");
    for key in [None, Some(bobs.key.as_str()), Some("us-east-1_00000000-0000-4000-8000-000000000000")] {
        assert_eq!(refresh(&pool, &tokens, key).await.error(), refused, "{key:?}");
    }
    let own = given(&unconfirmed).key;
    assert_eq!(refresh(&pool, &unconfirmed, Some(&own)).await.error(), refused, "it is confirmed first");
    let forget = json!({"AccessToken": tokens["AccessToken"], "DeviceKey": device.key});
    app.anonymous().call("ForgetDevice", forget).await.ok();
    assert_eq!(refresh(&pool, &tokens, Some(&device.key)).await.error(), refused);
    // A pool that tracks no devices binds none; what was forgotten stays so.
    pool.admin("UpdateUserPool", json!({})).await.ok();
    assert_eq!(refresh(&pool, &unconfirmed, None).await.status, 200);
    assert_eq!(refresh(&pool, &tokens, Some(&device.key)).await.error(), refused);
}

#[actix_web::test]
async fn a_client_without_the_session_goes_on_by_the_value_that_it_proved_the_password_with() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DeviceConfiguration": tracked(true, false)}), json!({})).await;
    let alice = pool.user("alice").await;
    let (_, device) = confirmed(&app, &alice).await;
    let parameters = json!({"USERNAME": "alice", "SRP_A": client(pool.id.name()).public_hex(), "DEVICE_KEY": device.key});
    pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.ok();
    // Before the password is proven there is nothing to go on with.
    assert_eq!(begin(&pool, "alice", &Value::Null, &device).await.error(), invalid());
    assert_eq!(prove_password(&pool, "alice", &device.key).await.ok()["ChallengeName"], "DEVICE_SRP_AUTH");
    let other = Client { secret: [0x43; 32], ..client(&device.group_key) };
    let responses = json!({"USERNAME": "alice", "DEVICE_KEY": device.key, "SRP_A": other.public_hex()});
    assert_eq!(pool.respond("DEVICE_SRP_AUTH", &Value::Null, responses).await.error(), invalid(), "nobody else knows the value");
    assert_eq!(prove(&pool, "alice", &Value::Null, &device, SECRET).await.status, 200);
    assert_eq!(begin(&pool, "alice", &Value::Null, &device).await.code(), "NotAuthorizedException", "it serves once");
}

#[actix_web::test]
async fn what_a_client_goes_on_by_without_its_session_lives_as_long_as_that() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DeviceConfiguration": tracked(true, false)}), json!({})).await;
    let alice = pool.user("alice").await;
    let (_, device) = confirmed(&app, &alice).await;
    assert_eq!(prove_password(&pool, "alice", &device.key).await.ok()["ChallengeName"], "DEVICE_SRP_AUTH");
    app.advance(Duration::from_secs(179));
    let begun = begin(&pool, "alice", &Value::Null, &device).await.ok();
    app.advance(Duration::from_secs(1));
    let late = begin(&pool, "alice", &Value::Null, &device).await;
    assert_eq!(late.message(), "Invalid session for the user, session is expired.");
    let late = pool.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, proof("alice", &begun, &device, SECRET)).await;
    assert_eq!(late.message(), "Incorrect username or password.");
}

#[actix_web::test]
async fn a_device_is_confirmed_once_by_whose_it_is_with_a_secret_that_proves_something() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DeviceConfiguration": tracked(true, true)}), json!({})).await;
    let (alice, bob) = (pool.user("alice").await, pool.user("bob").await);
    let (tokens, bobs_tokens) = (alice.signed_in().await, bob.signed_in().await);
    let device = given(&tokens);
    let confirm = async |request: Value| app.anonymous().call("ConfirmDevice", request).await;
    let theirs = json!({"AccessToken": bobs_tokens["AccessToken"]});
    let mut by_bob = confirmation(&tokens, &device);
    by_bob["AccessToken"] = theirs["AccessToken"].clone();
    assert_eq!(confirm(by_bob).await.error(), ("InvalidParameterException".to_owned(), "Invalid device key given.".to_owned()));
    for secret in [
        Value::Null,
        json!({}),
        json!({"Salt": "AAAA"}),
        json!({"Salt": "", "PasswordVerifier": "Ag=="}),
        json!({"Salt": "AAAA", "PasswordVerifier": ""}),
        json!({"Salt": "AAAA", "PasswordVerifier": "AA=="}),
        json!({"Salt": "AAAA", "PasswordVerifier": "AQ=="}),
        json!({"Salt": "AAAA", "PasswordVerifier": "no base64"}),
        json!({"Salt": "A".repeat(1_000), "PasswordVerifier": "Ag=="}),
        json!({"Salt": "AAAA", "PasswordVerifier": STANDARD.encode([0xff; 384])}),
    ] {
        let mut request = confirmation(&tokens, &device);
        request["DeviceSecretVerifierConfig"] = secret.clone();
        assert_eq!(confirm(request).await.code(), "InvalidParameterException", "{secret}");
    }
    assert_eq!(confirm(confirmation(&tokens, &device)).await.ok(), json!({"UserConfirmationNecessary": true}));
    assert_eq!(confirm(confirmation(&tokens, &device)).await.code(), "DeviceKeyExistsException");
    app.anonymous().call("GlobalSignOut", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
    assert_eq!(confirm(confirmation(&tokens, &device)).await.code(), "NotAuthorizedException");
}
