//! WEB_AUTHN: a passkey signs in, and what only looks like one does not.

use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use crate::testing::{Answer, PASSWORD, TestApp, TestPasskey, TestPool, TestUser};

const INCORRECT: &str = "Incorrect username or password.";

/// A pool of `example.com`'s passkeys whose client says, or hides, which users there are.
async fn pool<'a>(app: &'a TestApp, existence: &str, configuration: Value) -> TestPool<'a> {
    let factors = json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}});
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let pool = app.pool_with(factors, json!({"ExplicitAuthFlows": flows, "PreventUserExistenceErrors": existence})).await;
    let mut asked = json!({"RelyingPartyId": "example.com"});
    asked.as_object_mut().unwrap().extend(configuration.as_object().unwrap().clone());
    pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": asked})).await.ok();
    pool
}

async fn begin(pool: &TestPool<'_>, name: &str) -> Answer {
    let parameters = json!({"USERNAME": name, "PREFERRED_CHALLENGE": "WEB_AUTHN"});
    pool.client("InitiateAuth", json!({"AuthFlow": "USER_AUTH", "AuthParameters": parameters})).await
}

/// The session of a WEB_AUTHN challenge, and its options.
async fn asked(pool: &TestPool<'_>, name: &str) -> (Value, Value) {
    let begun = begin(pool, name).await.ok();
    assert_eq!(begun["ChallengeName"], "WEB_AUTHN", "{begun}");
    let options = begun["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap();
    (begun["Session"].clone(), serde_json::from_str(options).unwrap())
}

async fn answer(pool: &TestPool<'_>, name: &str, session: &Value, credential: &Value) -> Answer {
    pool.respond("WEB_AUTHN", session, json!({"USERNAME": name, "CREDENTIAL": credential.to_string()})).await
}

async fn sign_in(pool: &TestPool<'_>, name: &str, passkey: &mut TestPasskey) -> Answer {
    let (session, options) = asked(pool, name).await;
    answer(pool, name, &session, &passkey.get(&options)).await
}

/// Gives a user an authenticator, and asks for it; answers the access token.
async fn enrol_totp(app: &TestApp, user: &TestUser<'_>) -> Value {
    let token = user.signed_in().await["AccessToken"].clone();
    let secret = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
    let seed = data_encoding::BASE32_NOPAD.decode(secret.as_str().unwrap().as_bytes()).unwrap();
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(seed).build().unwrap();
    let code = totp.generate(u64::try_from(app.app.now().seconds()).unwrap()).to_string();
    app.anonymous().call("VerifySoftwareToken", json!({"AccessToken": token, "UserCode": code})).await.ok();
    let on = json!({"AccessToken": token, "SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
    app.anonymous().call("SetUserMFAPreference", on).await.ok();
    token
}

#[actix_web::test]
async fn a_passkey_signs_its_user_in() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({"UserVerification": "required"})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    alice.register(&mut passkey).await;
    // It counts from here on.
    passkey.sign_count = 1;
    for _ in 0..2 {
        let (session, mut options) = asked(&pool, "alice").await;
        let credential = passkey.get(&options);
        options["challenge"] = Value::Null;
        let known = json!([{"type": "public-key", "id": passkey.id_text(), "transports": ["hybrid", "internal"]}]);
        let expected =
            json!({"rpId": "example.com", "challenge": null, "timeout": 60000, "allowCredentials": known, "userVerification": "required"});
        assert_eq!(options, expected);
        let tokens = answer(&pool, "alice", &session, &credential).await.ok()["AuthenticationResult"].clone();
        let user = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
        assert_eq!(user["Username"], "alice");
        let refresh = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}});
        pool.client("InitiateAuth", refresh).await.ok();
    }
}

#[actix_web::test]
async fn a_passkey_is_chosen_by_who_has_one() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    let token = alice.register(&mut passkey).await;
    let factors = app.anonymous().call("GetUserAuthFactors", json!({"AccessToken": token})).await.ok();
    assert_eq!(factors["ConfiguredUserAuthFactors"], json!(["PASSWORD", "WEB_AUTHN"]));
    pool.user("bob").await;
    let choose =
        async |name: &str| pool.client("InitiateAuth", json!({"AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": name}})).await.ok();
    let begun = choose("alice").await;
    assert_eq!(begun["AvailableChallenges"], json!(["PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"]));
    let select = json!({"USERNAME": "alice", "ANSWER": "WEB_AUTHN"});
    let asked = pool.respond("SELECT_CHALLENGE", &begun["Session"], select).await.ok();
    let options: Value = serde_json::from_str(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap()).unwrap();
    answer(&pool, "alice", &asked["Session"], &passkey.get(&options)).await.ok();
    // Who has none is offered none, and what they prefer is offered in its place.
    let begun = choose("bob").await;
    assert_eq!(begun["AvailableChallenges"], json!(["PASSWORD", "PASSWORD_SRP"]));
    let select = json!({"USERNAME": "bob", "ANSWER": "WEB_AUTHN"});
    assert_eq!(pool.respond("SELECT_CHALLENGE", &begun["Session"], select).await.code(), "InvalidParameterException");
    assert_eq!(begin(&pool, "bob").await.ok()["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(begin(&pool, "nobody").await.code(), "UserNotFoundException");
}

/// M8.
#[actix_web::test]
async fn what_lies_does_not_sign_in() {
    type Lie = fn(&mut TestPasskey);
    let lies: [(&str, Lie); 8] = [
        ("another origin", |passkey| "https://evil.test".clone_into(&mut passkey.origin)),
        ("another relying party", |passkey| "evil.test".clone_into(&mut passkey.relying_party_id)),
        ("another challenge", |passkey| passkey.client_data = json!({"challenge": "AAAA"})),
        ("the other ceremony", |passkey| passkey.client_data = json!({"type": "webauthn.create"})),
        ("nobody verified", |passkey| passkey.flags &= !(1 << 2)),
        ("a counter that stands", |passkey| passkey.sign_count = 7),
        ("another key", |passkey| passkey.key = TestPasskey::on("example.com").key),
        ("another user's handle", |passkey| passkey.user_handle = Some("AAAA".to_owned())),
    ];
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({"UserVerification": "required"})).await;
    let alice = pool.user("alice").await;
    for (what, lie) in lies {
        let mut passkey = TestPasskey::on("example.com");
        passkey.sign_count = 7;
        alice.register(&mut passkey).await;
        passkey.sign_count = 8;
        lie(&mut passkey);
        let refused = sign_in(&pool, "alice", &mut passkey).await;
        assert_eq!(refused.error(), ("NotAuthorizedException".to_owned(), INCORRECT.to_owned()), "{what}");
    }
    let (session, _) = asked(&pool, "alice").await;
    assert_eq!(answer(&pool, "alice", &session, &json!("{}")).await.message(), INCORRECT);
    assert_eq!(pool.respond("WEB_AUTHN", &session, json!({"USERNAME": "alice"})).await.code(), "InvalidParameterException");
}

#[actix_web::test]
async fn what_was_signed_serves_its_own_session_once() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    alice.register(&mut passkey).await;
    let (session, options) = asked(&pool, "alice").await;
    let signed = passkey.get(&options);
    let (other, _) = asked(&pool, "alice").await;
    assert_eq!(answer(&pool, "alice", &other, &signed).await.message(), INCORRECT, "another session's challenge");
    let answers = futures_util::future::join_all((0..6).map(|_| answer(&pool, "alice", &session, &signed))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let again = answer(&pool, "alice", &session, &signed).await;
    assert_eq!(again.message(), "Invalid session for the user, session can only be used once.");
}

#[actix_web::test]
async fn a_passkey_signs_nobody_else_in() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({})).await;
    let (mut of_alice, mut of_bob) = (TestPasskey::on("example.com"), TestPasskey::on("example.com"));
    pool.user("alice").await.register(&mut of_alice).await;
    pool.user("bob").await.register(&mut of_bob).await;
    let (session, options) = asked(&pool, "alice").await;
    assert_eq!(answer(&pool, "alice", &session, &of_bob.get(&options)).await.message(), INCORRECT);
    assert_eq!(answer(&pool, "bob", &session, &of_bob.get(&options)).await.message(), "Invalid session for the user.");
    assert_eq!(answer(&pool, "bob", &session, &of_alice.get(&options)).await.message(), "Invalid session for the user.");
    answer(&pool, "alice", &session, &of_alice.get(&options)).await.ok();
}

#[actix_web::test]
async fn what_is_taken_away_meanwhile_signs_nobody_in() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    let token = alice.register(&mut passkey).await;
    pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
    assert_eq!(sign_in(&pool, "alice", &mut passkey).await.message(), "User is disabled.");
    pool.admin("AdminEnableUser", json!({"Username": "alice"})).await.ok();
    // Another domain, in the midst of a sign-in.
    let (session, options) = asked(&pool, "alice").await;
    pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": {"RelyingPartyId": "example.org"}})).await.ok();
    assert_eq!(answer(&pool, "alice", &session, &passkey.get(&options)).await.message(), INCORRECT);
    pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}})).await.ok();
    // Passkeys, no first factor any more.
    let (session, options) = asked(&pool, "alice").await;
    pool.admin("UpdateUserPool", json!({})).await.ok();
    assert_eq!(answer(&pool, "alice", &session, &passkey.get(&options)).await.message(), INCORRECT);
    let factors = json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}});
    pool.admin("UpdateUserPool", factors).await.ok();
    // The passkey itself, and its user.
    alice.register(&mut TestPasskey::on("example.com")).await;
    let (session, options) = asked(&pool, "alice").await;
    let delete = json!({"AccessToken": alice.signed_in().await["AccessToken"], "CredentialId": passkey.id_text()});
    app.anonymous().call("DeleteWebAuthnCredential", delete).await.ok();
    assert_eq!(answer(&pool, "alice", &session, &passkey.get(&options)).await.message(), INCORRECT);
    pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
    assert_ne!(answer(&pool, "alice", &session, &passkey.get(&options)).await.status, 200);
    assert_eq!(app.anonymous().call("GetUser", json!({"AccessToken": token})).await.code(), "NotAuthorizedException");
}

/// S1: where users are hidden, who has a passkey, who has none and who is nobody are asked and refused alike.
#[actix_web::test]
async fn nobody_is_asked_and_refused_like_somebody() {
    let app = TestApp::new().await;
    let pool = pool(&app, "ENABLED", json!({})).await;
    let mut passkey = TestPasskey::on("example.com");
    pool.user("alice").await.register(&mut passkey).await;
    pool.user("bobby").await;
    pool.user("carol").await;
    pool.admin("AdminDisableUser", json!({"Username": "carol"})).await.ok();
    let mut stories = Vec::new();
    for name in ["alice", "bobby", "carol", "nobod"] {
        let begun = begin(&pool, name).await;
        let mut options: Value =
            serde_json::from_str(begun.body["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap()).unwrap();
        options["challenge"] = json!(options["challenge"].as_str().unwrap().len());
        let session = begun.body["Session"].clone();
        let mut story = vec![options.to_string(), begun.text.len().to_string(), session.as_str().unwrap().len().to_string()];
        for _ in 0..6 {
            let stranger = TestPasskey::on("example.com").get(&json!({"challenge": "AAAA"}));
            story.push(answer(&pool, name, &session, &stranger).await.text);
        }
        stories.push(story);
    }
    assert!(stories.iter().all(|story| *story == stories[0]), "{stories:#?}");
    assert!(stories[0].last().unwrap().contains("attempts exceeded"), "{:?}", stories[0]);
    sign_in(&pool, "alice", &mut passkey).await.ok();
}

/// S5.
#[actix_web::test]
async fn who_is_locked_out_by_others_signs_in_by_a_passkey() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    alice.register(&mut passkey).await;
    for _ in 0..7 {
        pool.sign_in("alice", "a guess").await;
    }
    assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "Password attempts exceeded");
    sign_in(&pool, "alice", &mut passkey).await.ok();
}

#[actix_web::test]
async fn a_passkey_of_one_factor_does_not_pass_a_second_factor_by() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    alice.register(&mut passkey).await;
    let totp = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
    pool.admin("SetUserPoolMfaConfig", totp).await.ok();
    sign_in(&pool, "alice", &mut passkey).await.ok();
    let (session, options) = asked(&pool, "alice").await;
    let token = enrol_totp(&app, &alice).await;
    assert_eq!(answer(&pool, "alice", &session, &passkey.get(&options)).await.message(), INCORRECT, "begun before");
    assert_eq!(begin(&pool, "alice").await.ok()["ChallengeName"], "SELECT_CHALLENGE");
    let on = json!({"AccessToken": token, "WebAuthnMfaSettings": {"Enabled": true}});
    assert_eq!(app.anonymous().call("SetUserMFAPreference", on).await.code(), "InvalidParameterException", "it is one factor here");
}

#[actix_web::test]
async fn a_passkey_of_a_verified_user_is_both_factors_for_who_chose_so() {
    let app = TestApp::new().await;
    let pool = pool(&app, "LEGACY", json!({"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"})).await;
    let (mut passkey, alice) = (TestPasskey::on("example.com"), pool.user("alice").await);
    alice.register(&mut passkey).await;
    let prefer = async |token: &Value, settings: Value| {
        let mut input = json!({"AccessToken": token});
        input.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        app.anonymous().call("SetUserMFAPreference", input).await
    };
    let token = alice.signed_in().await["AccessToken"].clone();
    let both = json!({"WebAuthnMfaSettings": {"Enabled": true}});
    assert_eq!(prefer(&token, both.clone()).await.code(), "InvalidParameterException", "there is no other factor");
    for mode in ["OPTIONAL", "ON"] {
        let totp = json!({"MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": {"Enabled": true}});
        pool.admin("SetUserPoolMfaConfig", totp).await.ok();
        let token = if mode == "OPTIONAL" { enrol_totp(&app, &alice).await } else { token.clone() };
        prefer(&token, json!({"WebAuthnMfaSettings": {"Enabled": false}})).await.ok();
        assert_eq!(begin(&pool, "alice").await.ok()["ChallengeName"], "SELECT_CHALLENGE", "{mode}");
        prefer(&token, both.clone()).await.ok();
        let tokens = sign_in(&pool, "alice", &mut passkey).await.ok();
        assert!(tokens["AuthenticationResult"]["AccessToken"].is_string(), "{mode}: {tokens}");
        passkey.flags &= !(1 << 2);
        assert_eq!(sign_in(&pool, "alice", &mut passkey).await.message(), INCORRECT, "{mode}: nobody was verified");
        passkey.flags |= 1 << 2;
        let alone = prefer(&token, json!({"SoftwareTokenMfaSettings": {"Enabled": false}})).await;
        assert_eq!(alone.code(), "InvalidParameterException", "{mode}: the other factor stays");
    }
    let by_administrator = json!({"Username": "alice", "WebAuthnMfaSettings": {"Enabled": false}});
    pool.admin("AdminSetUserMFAPreference", by_administrator).await.ok();
    assert_eq!(begin(&pool, "alice").await.ok()["ChallengeName"], "SELECT_CHALLENGE");
}
