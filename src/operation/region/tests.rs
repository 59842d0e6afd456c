//! Unsigned calls that come to the host of a region.

use serde_json::{Value, json};

use crate::testing::{Answer, HOST, PASSWORD, TestApp, TestPool};

const WEST: &str = "cognito-idp.us-west-2.amazonaws.com";

/// A pool with a user, and a replica in us-west-2.
async fn replicated(app: &TestApp) -> TestPool<'_> {
    let settings = json!({"AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OFF"});
    let pool = app.pool_with(settings, json!({"PreventUserExistenceErrors": "LEGACY"})).await;
    pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    pool.admin("CreateUserPoolReplica", json!({"RegionName": "us-west-2"})).await.ok();
    pool
}

async fn activate(pool: &TestPool<'_>) {
    pool.admin("UpdateUserPoolReplica", json!({"RegionName": "us-west-2", "Status": "ACTIVE"})).await.ok();
}

async fn call(pool: &TestPool<'_>, host: &str, operation: &str, mut input: Value) -> Answer {
    if input.get("AccessToken").is_none() && input.get("Session").is_none() && input.get("FeedbackToken").is_none() {
        input["ClientId"] = json!(pool.client_id);
    }
    pool.app.anonymous().at_host(host).call(operation, input).await
}

fn sign_in() -> Value {
    json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD}})
}

fn refused(words: &str) -> (String, String) {
    ("OperationNotEnabledException".to_owned(), words.to_owned())
}

fn secondary() -> (String, String) {
    refused("This operation is not enabled in a secondary region of the user pool.")
}

#[actix_web::test]
async fn a_replica_signs_users_in_once_it_is_active_and_changes_nobody() {
    let app = TestApp::new().await;
    let pool = replicated(&app).await;
    let inactive = refused("The replica of the user pool in this region is INACTIVE.");
    for (operation, input) in [("InitiateAuth", sign_in()), ("SignUp", json!({"Username": "bob", "Password": PASSWORD}))] {
        assert_eq!(call(&pool, WEST, operation, input).await.error(), inactive, "{operation}");
    }
    activate(&pool).await;
    let tokens = call(&pool, WEST, "InitiateAuth", sign_in()).await.ok()["AuthenticationResult"].clone();
    let token = tokens["AccessToken"].clone();
    let new = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}});
    call(&pool, WEST, "InitiateAuth", new).await.ok();
    assert_eq!(call(&pool, WEST, "GetUser", json!({"AccessToken": token})).await.ok()["Username"], "alice");
    let name = json!([{"Name": "name", "Value": "a"}]);
    for (operation, input) in [
        ("SignUp", json!({"Username": "bob", "Password": PASSWORD})),
        ("ConfirmSignUp", json!({"Username": "alice", "ConfirmationCode": "000000"})),
        ("ResendConfirmationCode", json!({"Username": "alice"})),
        ("ForgotPassword", json!({"Username": "alice"})),
        ("ConfirmForgotPassword", json!({"Username": "alice", "ConfirmationCode": "000000", "Password": PASSWORD})),
        ("ChangePassword", json!({"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": PASSWORD})),
        ("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": name})),
        ("DeleteUser", json!({"AccessToken": token})),
        ("AssociateSoftwareToken", json!({"AccessToken": token})),
    ] {
        assert_eq!(call(&pool, WEST, operation, input).await.error(), secondary(), "{operation}");
    }
    let feedback = json!({"UserPoolId": pool.id, "Username": "alice", "EventId": "e", "FeedbackToken": "t", "FeedbackValue": "Valid"});
    assert_eq!(call(&pool, WEST, "UpdateAuthEventFeedback", feedback).await.error(), secondary());
    assert!(app.messages_to("a@x.example").await.is_empty());
    call(&pool, WEST, "RevokeToken", json!({"Token": tokens["RefreshToken"]})).await.ok();
    assert_eq!(pool.admin("ListUsers", json!({})).await.ok()["Users"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn what_has_a_session_alone_is_held_to_the_pool_of_its_client() {
    let app = TestApp::new().await;
    let pool = replicated(&app).await;
    activate(&pool).await;
    let mfa = json!({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
    pool.admin("SetUserPoolMfaConfig", mfa).await.ok();
    let session = call(&pool, WEST, "InitiateAuth", sign_in()).await.ok()["Session"].clone();
    assert_eq!(call(&pool, WEST, "AssociateSoftwareToken", json!({"Session": session})).await.error(), secondary());
    call(&pool, HOST, "AssociateSoftwareToken", json!({"Session": session})).await.ok();
    let nobodys = call(&pool, WEST, "AssociateSoftwareToken", json!({"Session": "x".repeat(40)})).await;
    assert_eq!(nobodys.code(), "NotAuthorizedException");
}

#[actix_web::test]
async fn a_host_chooses_among_the_replicas_that_there_are_and_nothing_follows_it() {
    let app = TestApp::new().await;
    let by_link = json!({"DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessageByLink": "{##Verify##}"});
    let settings = json!({"AutoVerifiedAttributes": ["email"], "VerificationMessageTemplate": by_link});
    let pool = app.pool_with(settings, json!({})).await;
    pool.admin("CreateUserPoolReplica", json!({"RegionName": "us-west-2"})).await.ok();
    // No region of the pool, its own, or none at all: the primary answers.
    let hosts = ["cognito-idp.eu-west-1.evil.example", "cognito-idp.us-east-1.evil.example", "us-west-2.evil.example", "evil.example"];
    for (number, host) in hosts.into_iter().enumerate() {
        let email = format!("a{number}@x.example");
        let attributes = json!([{"Name": "email", "Value": email}]);
        let new = json!({"Username": format!("user{number}"), "Password": PASSWORD, "UserAttributes": attributes});
        call(&pool, host, "SignUp", new).await.ok();
        let message = app.messages_to(&email).await.remove(0);
        assert!(message.link.unwrap().starts_with(&format!("http://{HOST}/")), "{host}");
        assert!(!message.body.contains("evil"), "{}", message.body);
    }
    activate(&pool).await;
    pool.user("alice").await;
    let tokens = call(&pool, "cognito-idp.us-west-2.evil.example", "InitiateAuth", sign_in()).await.ok()["AuthenticationResult"].clone();
    let claims = tokens["IdToken"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    assert_eq!(claims["iss"], format!("http://{HOST}/{}", pool.id));
    // Another pool is not in that region.
    let other = app.pool().await;
    other.user("alice").await;
    call(&other, WEST, "ForgotPassword", json!({"Username": "alice"})).await.ok();
    // Who signs is where the signature says.
    let signed = app.admin().at_host(WEST).call("AdminGetUser", json!({"UserPoolId": pool.id, "Username": "alice"})).await;
    assert_eq!(signed.ok()["Username"], "alice");
}
