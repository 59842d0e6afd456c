//! A sign-in that is to reach a level: what it asks for, what it says, and that no step forgets or raises it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::choice::{begin, with_address};
use super::*;
use crate::testing::PASSWORD;

const ADDRESS: &str = "alice@x.example";

fn loa(level: u8) -> String {
    format!("urn:cognito:loa:{level}")
}

/// A pool whose users may have an authenticator, a code by mail first, or neither.
async fn pool_of_levels<'a>(app: &'a TestApp, existence: &str) -> TestPool<'a> {
    let pool = choice::pool_by_choice(app, existence).await;
    set_mfa(&pool, "OPTIONAL").await;
    pool
}

/// Alice, her tokens of an ordinary sign-in and her authenticator, which she is not asked for.
async fn with_authenticator(pool: &TestPool<'_>) -> (Value, Value) {
    with_address(pool, "alice", ADDRESS).await;
    let tokens = pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
    let seed = enrol(pool.app, &tokens, None).await;
    let off = json!({"AccessToken": tokens["AccessToken"], "SoftwareTokenMfaSettings": {"Enabled": false}});
    pool.app.anonymous().call("SetUserMFAPreference", off).await.ok();
    pool.app.advance(Duration::from_secs(60));
    (tokens, seed)
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// What both tokens of an answer say of the level.
fn level(answer: &Value) -> (Value, Value) {
    let [access, id] = ["AccessToken", "IdToken"].map(|name| claims(&answer["AuthenticationResult"][name]));
    let of = |claims: &Value| (claims["acr"].clone(), claims["amr"].clone());
    assert_eq!((of(&access), &access["auth_time"]), (of(&id), &id["auth_time"]));
    of(&access)
}

fn said(level_: u8, amr: &[&str]) -> (Value, Value) {
    (json!(loa(level_)), json!(amr))
}

async fn by_password(pool: &TestPool<'_>, more: Value) -> Value {
    let mut given = json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD});
    given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    begin(pool, "alice", given).await.ok()
}

async fn answered(pool: &TestPool<'_>, asked: &Value, seed: &Value) -> Value {
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA", "{asked}");
    let answered = answer_code(pool, "alice", &asked["Session"], &code(pool.app, seed)).await.ok();
    pool.app.advance(Duration::from_secs(60));
    answered
}

fn refused(message: &str) -> (String, String) {
    ("InvalidParameterException".to_owned(), message.to_owned())
}

#[actix_web::test]
async fn a_level_asks_for_the_factor_that_it_takes_and_the_tokens_say_so() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "LEGACY").await;
    let (_, seed) = with_authenticator(&pool).await;
    let plain = by_password(&pool, json!({})).await;
    assert_eq!(level(&plain), (Value::Null, Value::Null), "nothing is said where nothing was asked");
    let one = by_password(&pool, json!({"TARGET_ACR_VALUES": loa(1)})).await;
    assert_eq!(level(&one), said(1, &["pwd"]));
    let asked = by_password(&pool, json!({"TARGET_ACR_VALUES": loa(4)})).await;
    let four = answered(&pool, &asked, &seed).await;
    assert_eq!(level(&four), said(4, &["pwd", "otp", "mfa"]));
    // A refresh keeps both, and when the user signed in.
    let token = &four["AuthenticationResult"]["RefreshToken"];
    let refresh = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}});
    let refreshed = pool.client("InitiateAuth", refresh).await.ok();
    assert_eq!(level(&refreshed), level(&four));
    let signed_in_at = |answer: &Value| claims(&answer["AuthenticationResult"]["IdToken"])["auth_time"].clone();
    assert_eq!(signed_in_at(&refreshed), signed_in_at(&four));
    // The level decides what is offered to begin with.
    for (levels, offered) in [
        (loa(4), json!(["PASSWORD", "PASSWORD_SRP"])),
        (loa(2), json!(["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"])),
        (format!("urn:x:9 {} {}", loa(4), loa(2)), json!(["PASSWORD", "PASSWORD_SRP"])),
    ] {
        let asked = begin(&pool, "alice", json!({"TARGET_ACR_VALUES": levels})).await.ok();
        assert_eq!(asked["AvailableChallenges"], offered, "{levels}");
    }
    let sent = begin(&pool, "alice", json!({"TARGET_ACR_VALUES": loa(2), "PREFERRED_CHALLENGE": "EMAIL_OTP"})).await.ok();
    let given = json!({"USERNAME": "alice", "EMAIL_OTP_CODE": app.code_sent_to(ADDRESS).await});
    assert_eq!(level(&pool.respond("EMAIL_OTP", &sent["Session"], given).await.ok()), said(2, &["email_otp"]));
}

#[actix_web::test]
async fn levels_fall_back_in_their_order_and_none_is_an_error() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "LEGACY").await;
    with_address(&pool, "alice", ADDRESS).await;
    let fallen = by_password(&pool, json!({"TARGET_ACR_VALUES": format!("{} {}", loa(4), loa(1))})).await;
    assert_eq!(level(&fallen), said(1, &["pwd"]));
    let unreachable = "The user has no authentication factors that reach a requested authentication level.";
    let unknown = "TARGET_ACR_VALUES has no authentication level of the user pool.";
    for (given, message) in [
        (json!({"TARGET_ACR_VALUES": loa(4)}), unreachable),
        (json!({"TARGET_ACR_VALUES": "urn:x:4 URN:COGNITO:LOA:4"}), unknown),
        (json!({"TARGET_ACR_VALUES": ""}), unknown),
        (json!({"TARGET_ACR_VALUES": "x".repeat(1_025)}), "TARGET_ACR_VALUES is too long"),
        (json!({"ACCESS_TOKEN": "x"}), "ACCESS_TOKEN requires TARGET_ACR_VALUES"),
        (json!({"MAX_AGE": "-1"}), "MAX_AGE is no number of seconds"),
        (json!({"MAX_AGE": "+1"}), "MAX_AGE is no number of seconds"),
        (json!({"MAX_AGE": "99999999999"}), "MAX_AGE is no number of seconds"),
    ] {
        assert_eq!(begin(&pool, "alice", given.clone()).await.error(), refused(message), "{given}");
    }
    // The levels have the pool's names.
    let renamed = json!({"AcrConfiguration": {"Level1": {"AcrValue": "urn:x:low"}}, "MfaConfiguration": "OPTIONAL",
                         "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}});
    pool.admin("UpdateUserPool", renamed).await.ok();
    let low = by_password(&pool, json!({"TARGET_ACR_VALUES": "urn:x:low"})).await;
    assert_eq!(level(&low), (json!("urn:x:low"), json!(["pwd"])));
    assert_eq!(begin(&pool, "alice", json!({"TARGET_ACR_VALUES": loa(1)})).await.error(), refused(unknown));
}

#[actix_web::test]
async fn a_second_factor_that_is_asked_for_always_is_asked_for_below_its_level_too() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "LEGACY").await;
    let (tokens, seed) = with_authenticator(&pool).await;
    let on = json!({"AccessToken": tokens["AccessToken"], "SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
    app.anonymous().call("SetUserMFAPreference", on).await.ok();
    let asked = by_password(&pool, json!({"TARGET_ACR_VALUES": loa(1)})).await;
    assert_eq!(level(&answered(&pool, &asked, &seed).await), said(4, &["pwd", "otp", "mfa"]));
}

#[actix_web::test]
async fn an_earlier_sign_in_spares_what_it_has_proven_and_nothing_else() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "LEGACY").await;
    let (tokens, seed) = with_authenticator(&pool).await;
    let earlier = claims(&tokens["AccessToken"]);
    let step = |level: u8, more: Value| {
        let mut given = json!({"TARGET_ACR_VALUES": loa(level), "ACCESS_TOKEN": tokens["AccessToken"]});
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        begin(&pool, "alice", given)
    };
    let asked = step(4, json!({"MAX_AGE": "3600"})).await.ok();
    let four = answered(&pool, &asked, &seed).await;
    assert_eq!(level(&four), said(4, &["pwd", "otp", "mfa"]));
    let access = claims(&four["AuthenticationResult"]["AccessToken"]);
    assert_ne!(access["origin_jti"], earlier["origin_jti"]);
    assert_eq!(access["auth_time"], earlier["auth_time"], "what rests on an earlier sign-in is no newer");
    let met = refused("The access token already meets the requested authentication level.");
    assert_eq!(step(1, json!({})).await.error(), met);
    let again = json!({"TARGET_ACR_VALUES": loa(4), "ACCESS_TOKEN": four["AuthenticationResult"]["AccessToken"]});
    assert_eq!(begin(&pool, "alice", again).await.error(), met);
    // Too old: from nothing.
    assert_eq!(step(4, json!({"MAX_AGE": "5"})).await.ok()["ChallengeName"], "SELECT_CHALLENGE");
    // A session that rests on the earlier sign-in ends with it.
    let asked = step(4, json!({})).await.ok();
    app.anonymous().call("RevokeToken", json!({"Token": tokens["RefreshToken"], "ClientId": pool.client_id})).await.ok();
    let stale = answer_code(&pool, "alice", &asked["Session"], &code(&app, &seed)).await;
    assert_eq!(stale.error(), ("NotAuthorizedException".to_owned(), "Invalid session for the user.".to_owned()));
    assert_eq!(step(4, json!({})).await.message(), "Access Token has been revoked");
}

#[actix_web::test]
async fn only_ones_own_token_of_the_same_client_is_credited() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "LEGACY").await;
    let (tokens, _) = with_authenticator(&pool).await;
    with_address(&pool, "bob", "bob@x.example").await;
    let bobs = pool.sign_in("bob", PASSWORD).await.ok()["AuthenticationResult"].clone();
    let client = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]});
    let other = pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let elsewhere = TestPool { app: &app, id: pool.id.clone(), client_id: other.as_str().into() };
    let theirs = elsewhere.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
    for token in [&bobs["AccessToken"], &theirs["AccessToken"], &tokens["IdToken"], &json!("x")] {
        let refused = begin(&pool, "alice", json!({"TARGET_ACR_VALUES": loa(4), "ACCESS_TOKEN": token})).await;
        assert_eq!(refused.error(), ("NotAuthorizedException".to_owned(), "Invalid Access Token".to_owned()), "{token}");
    }
    let nobody = begin(&pool, "nobody", json!({"TARGET_ACR_VALUES": loa(4), "ACCESS_TOKEN": tokens["AccessToken"]})).await;
    assert_eq!(nobody.code(), "UserNotFoundException");
}

#[actix_web::test]
async fn a_wrong_code_gives_no_tokens_of_a_lower_level() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "LEGACY").await;
    let (_, seed) = with_authenticator(&pool).await;
    let levels = format!("{} {}", loa(4), loa(1));
    let asked = by_password(&pool, json!({"TARGET_ACR_VALUES": levels})).await;
    let wrong = answer_code(&pool, "alice", &asked["Session"], &wrong_code(&app, &seed)).await;
    assert_eq!(wrong.code(), "CodeMismatchException");
    assert_eq!(level(&answered(&pool, &asked, &seed).await), said(4, &["pwd", "otp", "mfa"]), "the session's level is still that");
}

#[actix_web::test]
async fn where_users_are_hidden_a_level_tells_nothing_of_them() {
    let app = TestApp::new().await;
    let pool = pool_of_levels(&app, "ENABLED").await;
    with_address(&pool, "alice", ADDRESS).await;
    let offered = async |name: &str, levels: String| {
        let answer = begin(&pool, name, json!({"TARGET_ACR_VALUES": levels})).await.ok();
        (answer["ChallengeName"].clone(), answer["AvailableChallenges"].clone(), answer["Session"].as_str().unwrap().len())
    };
    for levels in [loa(4), loa(1), format!("{} {}", loa(4), loa(2))] {
        let (alice, nobody) = (offered("alice", levels.clone()).await, offered("nobody", levels.clone()).await);
        assert_eq!((alice.0, alice.1), (nobody.0, nobody.1), "{levels}");
        assert!(alice.2.abs_diff(nobody.2) < 16, "{levels}");
    }
    // Who has proven who they are is told.
    let given = json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD, "TARGET_ACR_VALUES": loa(4)});
    let unreachable = "The user has no authentication factors that reach a requested authentication level.";
    assert_eq!(begin(&pool, "alice", given.clone()).await.error(), refused(unreachable));
    assert_eq!(begin(&pool, "nobody", given).await.message(), "Incorrect username or password.");
}
