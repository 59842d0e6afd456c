//! What a sign-in must do for its risk, and what is noted of it.

use serde_json::{Value, json};

use super::{OTHER, code};
use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

/// A password that many have.
const KNOWN: &str = "P@ssw0rd";

pub const HOME: &str = "203.0.113.7";
pub const AWAY: &str = "198.51.100.7";

pub fn too_risky() -> (String, String) {
    ("NotAuthorizedException".to_owned(), "Unable to login because of security reasons.".to_owned())
}

/// A sign-in by a backend that knows where the user is.
pub async fn from(pool: &TestPool<'_>, address: &str, name: &str, password: &str) -> Answer {
    let context = json!({"IpAddress": address, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []});
    let parameters = json!({"USERNAME": name, "PASSWORD": password});
    let answer = pool
        .admin(
            "AdminInitiateAuth",
            json!({"ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters, "ContextData": context}),
        )
        .await;
    pool.app.write_journal().await;
    answer
}

/// What is noted of the user's newest event.
async fn newest(pool: &TestPool<'_>, name: &str) -> (String, Value) {
    pool.app.write_journal().await;
    let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": name, "MaxResults": 1})).await.ok();
    let event = &listed["AuthEvents"][0];
    (event["EventResponse"].as_str().unwrap().to_owned(), event["EventRisk"].clone())
}

async fn set_low(pool: &TestPool<'_>, action: &str) {
    let actions = json!({"LowAction": {"Notify": false, "EventAction": action}});
    pool.admin("SetRiskConfiguration", json!({"AccountTakeoverRiskConfiguration": {"Actions": actions}})).await.ok();
}

pub async fn set_mode(pool: &TestPool<'_>, mode: &str) {
    let mfa = pool.admin("GetUserPoolMfaConfig", json!({})).await.ok()["MfaConfiguration"].clone();
    pool.admin("UpdateUserPool", json!({"UserPoolAddOns": {"AdvancedSecurityMode": mode}, "MfaConfiguration": mfa})).await.ok();
}

#[actix_web::test]
async fn a_known_password_lets_nobody_in_and_must_be_reset() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    let set = async |password: &str| {
        pool.admin("AdminSetUserPassword", json!({"Username": "alice", "Password": password, "Permanent": true})).await.ok();
    };
    let configure = async |action: &str, filter: &str| {
        let credentials = json!({"EventFilter": [filter], "Actions": {"EventAction": action}});
        pool.admin("SetRiskConfiguration", json!({"CompromisedCredentialsRiskConfiguration": credentials})).await.ok();
    };
    let status = async || pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok()["UserStatus"].clone();
    set(KNOWN).await;
    configure("BLOCK", "SIGN_UP").await;
    pool.sign_in("alice", KNOWN).await.ok();
    assert_eq!(newest(&pool, "alice").await.1["CompromisedCredentialsDetected"], false);

    configure("NO_ACTION", "SIGN_IN").await;
    app.advance(std::time::Duration::from_secs(1));
    pool.sign_in("alice", KNOWN).await.ok();
    let noted = json!({"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": true});
    assert_eq!(newest(&pool, "alice").await, ("Pass".to_owned(), noted.clone()));

    configure("BLOCK", "SIGN_IN").await;
    set_mode(&pool, "AUDIT").await;
    app.advance(std::time::Duration::from_secs(1));
    pool.sign_in("alice", KNOWN).await.ok();
    assert_eq!(newest(&pool, "alice").await, ("Pass".to_owned(), noted));

    set_mode(&pool, "ENFORCED").await;
    app.advance(std::time::Duration::from_secs(1));
    let incorrect = pool.sign_in("nobody", KNOWN).await.error();
    assert_eq!(pool.sign_in("alice", "P@ssw0rd1").await.error(), incorrect, "of a wrong one nothing is told");
    assert_eq!(status().await, "CONFIRMED");
    assert_eq!(pool.sign_in("alice", KNOWN).await.code(), "PasswordResetRequiredException");
    let blocked = json!({"RiskDecision": "Block", "CompromisedCredentialsDetected": true});
    app.advance(std::time::Duration::from_secs(1));
    assert_eq!(pool.sign_in("alice", KNOWN).await.code(), "PasswordResetRequiredException");
    assert_eq!(newest(&pool, "alice").await, ("Fail".to_owned(), blocked));
    assert_eq!(status().await, "RESET_REQUIRED");
    set(OTHER).await;
    pool.sign_in("alice", OTHER).await.ok();
}

#[actix_web::test]
async fn who_is_barred_at_a_risk_does_not_get_in_by_a_higher_one() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    from(&pool, HOME, "alice", PASSWORD).await.ok();
    set_low(&pool, "BLOCK").await;
    for _ in 0..4 {
        app.advance(std::time::Duration::from_secs(60));
        assert_eq!(from(&pool, AWAY, "alice", PASSWORD).await.error(), too_risky());
    }
    assert_eq!(newest(&pool, "alice").await.1["RiskLevel"], "Medium");
}

#[actix_web::test]
async fn a_sign_in_out_of_the_users_ways_is_noted_and_barred_where_the_pool_acts() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await;
    from(&pool, HOME, "alice", PASSWORD).await.ok();
    let plain = json!({"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": false});
    app.advance(std::time::Duration::from_secs(1));
    set_low(&pool, "BLOCK").await;
    set_mode(&pool, "OFF").await;
    from(&pool, AWAY, "alice", PASSWORD).await.ok();
    assert_eq!(newest(&pool, "alice").await, ("Pass".to_owned(), plain.clone()));

    // What passed is theirs until somebody says that it was not.
    let event = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok()["AuthEvents"][0]["EventId"].clone();
    let judge = json!({"Username": "alice", "EventId": event, "FeedbackValue": "Invalid"});
    pool.admin("AdminUpdateAuthEventFeedback", judge).await.ok();
    let everything = json!({"AccountTakeoverRiskConfiguration": {"Actions": {"HighAction": {"Notify": false, "EventAction": "BLOCK"}}}});
    pool.admin("SetRiskConfiguration", everything).await.ok();
    set_mode(&pool, "AUDIT").await;
    app.advance(std::time::Duration::from_secs(1));
    from(&pool, AWAY, "alice", PASSWORD).await.ok();
    let seen = json!({"RiskDecision": "NoRisk", "RiskLevel": "High", "CompromisedCredentialsDetected": false});
    assert_eq!(newest(&pool, "alice").await, ("Pass".to_owned(), seen));

    set_mode(&pool, "ENFORCED").await;
    app.advance(std::time::Duration::from_secs(1));
    assert_eq!(from(&pool, AWAY, "alice", PASSWORD).await.error(), too_risky());
    let blocked = json!({"RiskDecision": "Block", "RiskLevel": "High", "CompromisedCredentialsDetected": false});
    assert_eq!(newest(&pool, "alice").await, ("Fail".to_owned(), blocked));
    assert_eq!(
        from(&pool, AWAY, "alice", "wrong").await.error(),
        from(&pool, AWAY, "nobody", "wrong").await.error(),
        "who does not know the password is told what nobody is told"
    );
    app.advance(std::time::Duration::from_secs(1));
    from(&pool, HOME, "alice", PASSWORD).await.ok();
    assert_eq!(newest(&pool, "alice").await, ("Pass".to_owned(), plain));
}

#[actix_web::test]
async fn a_second_factor_is_asked_of_those_who_have_one_and_required_of_the_others() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.admin("SetUserPoolMfaConfig", json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}}))
        .await
        .ok();
    let alice = pool.user("alice").await;
    pool.user("bob").await;
    let access_token = alice.signed_in().await["AccessToken"].clone();
    let associated = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": access_token})).await.ok();
    let verify = json!({"AccessToken": access_token, "UserCode": code(&app, &associated["SecretCode"])});
    app.anonymous().call("VerifySoftwareToken", verify).await.ok();
    for name in ["alice", "bob"] {
        from(&pool, HOME, name, PASSWORD).await.ok();
    }
    app.advance(std::time::Duration::from_secs(60));

    set_low(&pool, "MFA_IF_CONFIGURED").await;
    assert!(from(&pool, HOME, "alice", PASSWORD).await.ok()["AuthenticationResult"].is_object());
    app.advance(std::time::Duration::from_secs(60));
    let asked = from(&pool, AWAY, "alice", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let answers = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code(&app, &associated["SecretCode"])});
    pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], answers).await.ok();
    let noted = json!({"RiskDecision": "AccountTakeover", "RiskLevel": "Low", "CompromisedCredentialsDetected": false});
    assert_eq!(newest(&pool, "alice").await, ("Pass".to_owned(), noted));

    set_low(&pool, "MFA_REQUIRED").await;
    assert_eq!(from(&pool, AWAY, "bob", PASSWORD).await.error(), too_risky());
    assert_eq!(newest(&pool, "bob").await.1["RiskDecision"], "Block");
    set_low(&pool, "MFA_IF_CONFIGURED").await;
    assert!(from(&pool, AWAY, "bob", PASSWORD).await.ok()["AuthenticationResult"].is_object());
}
