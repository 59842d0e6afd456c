//! What owners are told, where, and in which words.

use std::time::Duration;

use serde_json::json;

use crate::testing::{Limits, PASSWORD, TestApp, TestPasskey, TestPool, TestUser};

const ALICE: &str = "alice@x.example";
const NEW: &str = "Another-pass-1";

async fn telling(app: &TestApp) -> TestPool<'_> {
    app.pool_with(json!({"UserPoolTags": {"passwright:security-notices": "on"}}), json!({})).await
}

/// A user with a verified address, who has read what came of their being made.
async fn alice<'a>(pool: &'a TestPool<'a>) -> TestUser<'a> {
    pool.user_with("alice", json!({"email": ALICE, "email_verified": "true"})).await
}

/// What was told to an address since the last look, by the clock: which goes on by the look.
async fn told(app: &TestApp, address: &str, seen: &mut usize) -> Vec<String> {
    let all = app.messages_to(address).await;
    let new = all.len() - *seen;
    *seen = all.len();
    app.advance(Duration::from_secs(1));
    all.into_iter().take(new).map(|message| message.trigger_source).collect()
}

#[actix_web::test]
async fn owners_are_told_of_each_change_of_what_lets_them_in() {
    let app = TestApp::new().await;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}});
    let pool = json!({"UserPoolTags": {"passwright:security-notices": "on"}, "Policies": factors});
    let pool = app.pool_with(pool, json!({})).await;
    pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}})).await.ok();
    let alice = alice(&pool).await;
    let mut seen = 0;
    assert_eq!(told(&app, ALICE, &mut seen).await, ["SecurityNotice_PasswordReset"], "an administrator set one");

    let token = alice.signed_in().await["AccessToken"].clone();
    let change = json!({"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": NEW});
    app.anonymous().call("ChangePassword", change.clone()).await.ok();
    assert_eq!(told(&app, ALICE, &mut seen).await, ["SecurityNotice_PasswordChanged"]);
    assert_eq!(app.anonymous().call("ChangePassword", change).await.code(), "NotAuthorizedException");
    assert!(told(&app, ALICE, &mut seen).await.is_empty(), "what did not happen is not told");

    pool.client("ForgotPassword", json!({"Username": "alice"})).await.ok();
    let code = app.code_sent_to(ALICE).await;
    assert_eq!(told(&app, ALICE, &mut seen).await, ["CustomMessage_ForgotPassword"]);
    let reset = json!({"Username": "alice", "ConfirmationCode": code, "Password": PASSWORD});
    pool.client("ConfirmForgotPassword", reset).await.ok();
    assert_eq!(told(&app, ALICE, &mut seen).await, ["SecurityNotice_PasswordReset"]);

    let mut passkey = TestPasskey::on("example.com");
    let token = alice.register(&mut passkey).await;
    assert_eq!(told(&app, ALICE, &mut seen).await, ["SecurityNotice_PasskeyAdded"]);
    app.anonymous().call("DeleteWebAuthnCredential", json!({"AccessToken": token, "CredentialId": passkey.id_text()})).await.ok();
    assert_eq!(told(&app, ALICE, &mut seen).await, ["SecurityNotice_PasskeyRemoved"]);
}

#[actix_web::test]
async fn a_changed_address_is_told_where_it_was() {
    let app = TestApp::new().await;
    let pool = telling(&app).await;
    alice(&pool).await;
    let (mut before, mut after) = (0, 0);
    told(&app, ALICE, &mut before).await;
    let attributes = json!([{"Name": "email", "Value": "eve@x.example"}, {"Name": "email_verified", "Value": "true"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": attributes})).await.ok();
    assert_eq!(told(&app, ALICE, &mut before).await, ["SecurityNotice_EmailChanged"]);
    assert!(told(&app, "eve@x.example", &mut after).await.is_empty());
    let phone = json!([{"Name": "phone_number", "Value": "+15550100"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": phone})).await.ok();
    assert_eq!(told(&app, "eve@x.example", &mut after).await, ["SecurityNotice_PhoneChanged"]);
}

#[actix_web::test]
async fn nobody_is_told_where_the_pool_does_not_ask_nor_at_an_address_that_nobody_verified() {
    let app = TestApp::new().await;
    alice(&app.pool().await).await;
    assert!(app.messages_to(ALICE).await.is_empty());
    telling(&app).await.user_with("bob", json!({"email": "bob@x.example"})).await;
    assert!(app.messages_to("bob@x.example").await.is_empty());
    let by_phone = json!({"email": "carol@x.example", "phone_number": "+15550101", "phone_number_verified": "true"});
    telling(&app).await.user_with("carol", by_phone).await;
    let message = app.messages_to("+15550101").await.remove(0);
    assert!(message.channel == "sms" && message.body.starts_with("Your password was reset. "), "{}", message.body);
    assert!(app.messages_to("carol@x.example").await.is_empty());
}

#[actix_web::test]
async fn codes_that_somebody_has_sent_leave_room_for_what_owners_are_told() {
    let app = TestApp::within(Limits { messages: 2, ..Limits::default() }).await;
    let pool = telling(&app).await;
    alice(&pool).await;
    for _ in 0..3 {
        pool.client("ForgotPassword", json!({"Username": "alice"})).await.ok();
    }
    let codes = app.messages_to(ALICE).await.into_iter().filter(|message| message.code.is_some());
    assert_eq!(codes.count(), 2, "the mailbox is full");
    app.advance(Duration::from_secs(1));
    pool.admin("AdminSetUserPassword", json!({"Username": "alice", "Password": NEW, "Permanent": true})).await.ok();
    assert_eq!(app.messages_to(ALICE).await.remove(0).trigger_source, "SecurityNotice_PasswordReset");
}

#[actix_web::test]
async fn our_words_are_in_the_language_that_a_user_reads_and_a_pools_own_are_left() {
    let app = TestApp::new().await;
    let verified = json!({"AutoVerifiedAttributes": ["email"], "UserPoolTags": {"passwright:language": "fr"}});
    let pool = app.pool_with(verified.clone(), json!({})).await;
    let sign_up = async |pool: &TestPool<'_>, name: &str, locale: &str| {
        let email = format!("{name}@x.example");
        let attributes = json!([{"Name": "email", "Value": email}, {"Name": "locale", "Value": locale}]);
        pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await.ok();
        app.messages_to(&email).await.remove(0)
    };
    for (name, locale, subject) in [
        ("german", "de-AT", "Ihr Bestätigungscode"),
        ("english", "en", "Your verification code"),
        ("klingon", "tlh", "Votre code de vérification"),
    ] {
        assert_eq!(sign_up(&pool, name, locale).await.subject.as_deref(), Some(subject), "{locale}");
    }
    let message = sign_up(&pool, "austrian", "de_AT").await;
    assert_eq!(message.body, format!("Ihr Bestätigungscode lautet {}", message.code.unwrap_or_default()));
    let mut own = verified;
    own["EmailVerificationMessage"] = json!("Own words: {####}");
    let pool = app.pool_with(own, json!({})).await;
    assert!(sign_up(&pool, "owned", "de").await.body.starts_with("Own words: "));
}
