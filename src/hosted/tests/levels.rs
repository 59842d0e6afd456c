//! The level that a client wishes for (`acr_values`): what the pages ask for then, and what the tokens say.

use std::time::Duration;

use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use crate::testing::{TestApp, TestPool, TestVisitor, claims, parameter};

const HIGH: (&str, &str) = ("acr_values", "urn:cognito:loa:4");

/// A pool whose users may have an authenticator; alice has one that she is not asked for, bob has none.
async fn pool_of_levels(app: &TestApp) -> (TestPool<'_>, Vec<u8>) {
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let optional = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
    pool.admin("SetUserPoolMfaConfig", optional).await.ok();
    pool.user("bob").await;
    let alice = pool.user("alice").await.signed_in().await;
    let access = json!({"AccessToken": alice["AccessToken"]});
    let associated = app.anonymous().call("AssociateSoftwareToken", access.clone()).await.ok();
    let seed = data_encoding::BASE32_NOPAD.decode(associated["SecretCode"].as_str().unwrap().as_bytes()).unwrap();
    let verify = json!({"AccessToken": alice["AccessToken"], "UserCode": code(app, &seed)});
    app.anonymous().call("VerifySoftwareToken", verify).await.ok();
    let off = json!({"AccessToken": alice["AccessToken"], "SoftwareTokenMfaSettings": {"Enabled": false}});
    app.anonymous().call("SetUserMFAPreference", off).await.ok();
    app.advance(Duration::from_secs(60));
    (pool, seed)
}

fn code(app: &TestApp, seed: &[u8]) -> String {
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(seed.to_vec()).build().unwrap();
    totp.generate(u64::try_from(app.app.now().seconds()).unwrap()).to_string()
}

/// What both tokens say of the level.
async fn level(pool: &TestPool<'_>, code: &str) -> (Value, Value) {
    let tokens = pool.exchange(code, &[]).await.ok();
    let [access, id] = ["access_token", "id_token"].map(|name| claims(&tokens[name]));
    assert_eq!((&access["acr"], &access["amr"]), (&id["acr"], &id["amr"]));
    (id["acr"].clone(), id["amr"].clone())
}

/// What the tokens say of who is signed in, by a request with these parameters.
async fn at_once(visitor: &TestVisitor<'_>, more: &[(&str, &str)]) -> Option<(Value, Value)> {
    let answer = visitor.ask("oauth2/authorize", more).await;
    Some(level(visitor.pool, &parameter(&answer, "code")?).await)
}

#[actix_web::test]
async fn a_level_that_is_wished_for_is_asked_for_and_told() {
    let app = TestApp::new().await;
    let (pool, seed) = pool_of_levels(&app).await;
    let visitor = pool.visitor();
    let plain = visitor.code_of("alice", &[]).await;
    assert_eq!(level(&pool, &plain).await, (json!(null), json!(null)), "who does not ask is told nothing");
    let one = (json!("urn:cognito:loa:1"), json!(["pwd"]));
    assert_eq!(at_once(&visitor, &[("acr_values", "urn:cognito:loa:1 urn:cognito:loa:4")]).await, Some(one.clone()));
    assert_eq!(at_once(&visitor, &[("acr_values", "1 2")]).await, Some(one), "names of no level ask for nothing");
    assert_eq!(at_once(&visitor, &[HIGH]).await, None, "what is reached is too little");
    let asked = visitor.sign_in("alice", &[HIGH]).await;
    assert!(asked.header("location").contains("/mfa?"), "{}", asked.header("location"));
    let page = visitor.follow(&asked).await;
    let signed_in = visitor.fill(&page, &[("code", &code(&app, &seed))]).await;
    let four = (json!("urn:cognito:loa:4"), json!(["pwd", "otp", "mfa"]));
    assert_eq!(level(&pool, &parameter(&signed_in, "code").unwrap()).await, four);
    assert_eq!(at_once(&visitor, &[HIGH]).await, Some(four.clone()), "the browser is there now");
    assert_eq!(at_once(&visitor, &[("acr_values", "urn:cognito:loa:1")]).await, Some(four), "more is enough");
}

#[actix_web::test]
async fn who_cannot_reach_a_level_signs_in_and_the_client_is_told_what_they_reached() {
    let app = TestApp::new().await;
    let (pool, _) = pool_of_levels(&app).await;
    let visitor = pool.visitor();
    let one = (json!("urn:cognito:loa:1"), json!(["pwd"]));
    let code = visitor.code_of("bob", &[HIGH]).await;
    assert_eq!(level(&pool, &code).await, one);
    assert_eq!(at_once(&visitor, &[HIGH]).await, Some(one.clone()), "asking again would bring no more");
    // Alice could, but nobody may be asked.
    let visitor = pool.visitor();
    visitor.code_of("alice", &[]).await;
    assert_eq!(at_once(&visitor, &[HIGH, ("prompt", "none")]).await, Some(one));
    // A wrong code of hers leads nowhere.
    let asked = visitor.sign_in("alice", &[HIGH]).await;
    let page = visitor.follow(&asked).await;
    let wrong = visitor.fill(&page, &[("code", "000000")]).await;
    assert_eq!((wrong.status, parameter(&wrong, "code")), (400, None), "the password alone");
}

#[actix_web::test]
async fn a_wish_keeps_nobody_out_where_users_choose_and_are_hidden() {
    let app = TestApp::new().await;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let client = json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"], "PreventUserExistenceErrors": "ENABLED"});
    let pool = app.hosted_pool(json!({"Policies": factors}), client).await;
    pool.user_with("bob", json!({"email": "bob@x.example", "email_verified": "true"})).await;
    for name in ["bob", "nobody"] {
        let visitor = pool.visitor();
        let page = visitor.follow(&visitor.ask("oauth2/authorize", &[HIGH]).await).await;
        let asked = visitor.fill(&page, &[("username", name)]).await;
        assert_eq!(asked.status, 303, "{name}: {}", asked.text);
        let offered = visitor.follow(&asked).await;
        assert!(offered.text.contains("PASSWORD") && offered.text.contains("EMAIL_OTP"), "{name}: {}", offered.text);
    }
}
