//! Devices without a keyboard: what lets one in, and what does not.

use std::time::Duration;

use super::*;
use crate::testing::{PASSWORD, TestPool, TestVisitor};

const MINUTE: Duration = Duration::from_secs(60);

const WAIT: Duration = Duration::from_secs(5);

async fn pool_of_devices(app: &TestApp) -> TestPool<'_> {
    let pool = app.hosted_pool(json!({"UserPoolTags": {"passwright:device-grant": "on"}}), json!({})).await;
    pool.user("alice").await;
    pool
}

/// What a device is given.
async fn begun(pool: &TestPool<'_>, more: &[(&str, &str)]) -> Value {
    let fields = [&[("client_id", pool.client_id.as_str())], more].concat();
    pool.post("oauth2/device_authorization", &[], &fields).await.ok()
}

async fn polled(pool: &TestPool<'_>, begun: &Value) -> Answer {
    let code = begun["device_code"].as_str().unwrap();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    pool.post("oauth2/token", &[], &[("grant_type", grant), ("client_id", pool.client_id.as_str()), ("device_code", code)]).await
}

fn code_of(begun: &Value) -> &str {
    begun["user_code"].as_str().unwrap()
}

/// Where the code leads that somebody types.
async fn typed(visitor: &TestVisitor<'_>, code: &str) -> Answer {
    let page = visitor.open("device").await;
    visitor.fill(&page, &[("user_code", code)]).await
}

/// The page that asks whether the device is let in, for who signs in on the way.
async fn asked(visitor: &TestVisitor<'_>, code: &str) -> Answer {
    let sent = typed(visitor, code).await;
    let page = visitor.follow(&visitor.follow(&sent).await).await;
    let signed_in = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    visitor.follow(&signed_in).await
}

#[actix_web::test]
async fn a_device_gets_tokens_once_somebody_has_typed_its_code_signed_in_and_agreed() {
    let app = TestApp::new().await;
    let pool = pool_of_devices(&app).await;
    let device = begun(&pool, &[("scope", "openid email")]).await;
    assert_eq!((&device["expires_in"], &device["interval"]), (&json!(600), &json!(5)));
    let page = format!("http://{HOST}/{}/device", pool.id);
    assert_eq!(device["verification_uri"], page);
    assert_eq!(device["verification_uri_complete"], format!("{page}?user_code={}", code_of(&device)));
    assert_eq!(error(&polled(&pool, &device).await), (400, "authorization_pending"));
    assert_eq!(error(&polled(&pool, &device).await), (400, "slow_down"), "at once");
    app.advance(Duration::from_secs(2));
    assert_eq!(error(&polled(&pool, &device).await), (400, "slow_down"), "five seconds are to pass");
    app.advance(WAIT);
    assert_eq!(error(&polled(&pool, &device).await), (400, "slow_down"), "ten, since it did not wait");
    app.advance(WAIT * 4);
    assert_eq!(error(&polled(&pool, &device).await), (400, "authorization_pending"));
    let visitor = pool.visitor();
    let consent = asked(&visitor, &code_of(&device).to_lowercase()).await;
    assert!(
        consent.text.contains("value=\"allow\"") && consent.text.contains("Connect a device") && !consent.text.contains("<bdi></bdi>"),
        "{}",
        consent.text
    );
    app.advance(WAIT * 4);
    assert_eq!(error(&polled(&pool, &device).await), (400, "authorization_pending"), "nobody has agreed yet");
    let connected = visitor.fill(&consent, &[("choice", "allow")]).await;
    assert!(connected.status == 200 && connected.text.contains("Device connected"), "{}", connected.text);
    let tokens = polled(&pool, &device).await.ok();
    let (access, id) = (claims(&tokens["access_token"]), claims(&tokens["id_token"]));
    assert_eq!((&access["scope"], &id["cognito:username"], &id["aud"]), (&json!("openid email"), &json!("alice"), &json!(pool.client_id)));
    assert!(tokens["refresh_token"].is_string() && id["sid"].is_string());
    assert_eq!(error(&polled(&pool, &device).await), (400, "invalid_grant"), "a code serves once");
    assert_eq!(typed(&visitor, code_of(&device)).await.status, 400, "nobody waits by it any more");
}

#[actix_web::test]
async fn a_device_is_let_in_within_ten_minutes_or_not_at_all() {
    let app = TestApp::new().await;
    let pool = pool_of_devices(&app).await;
    let (late, denied) = (begun(&pool, &[]).await, begun(&pool, &[]).await);
    let visitor = pool.visitor();
    let consent = asked(&visitor, code_of(&denied)).await;
    let answer = visitor.fill(&consent, &[("choice", "deny")]).await;
    assert!(answer.status == 200 && answer.text.contains("Device not connected"), "{}", answer.text);
    assert_eq!(error(&polled(&pool, &denied).await), (400, "access_denied"));
    let visitor = pool.visitor();
    let consent = asked(&visitor, code_of(&late)).await;
    app.advance(MINUTE * 10);
    let answer = visitor.fill(&consent, &[("choice", "allow")]).await;
    assert_eq!((answer.status, answer.header("location")), (303, format!("/{}/device", pool.id).as_str()));
    assert_eq!(error(&polled(&pool, &late).await), (400, "expired_token"));
    assert_eq!(typed(&visitor, code_of(&late)).await.status, 400);
    app.advance(MINUTE);
    app.run_jobs().await;
    assert_eq!(error(&polled(&pool, &late).await), (400, "invalid_grant"), "the row goes with its end");
}

#[actix_web::test]
async fn a_code_lets_in_no_other_client_for_nothing_else_and_by_no_link() {
    let app = TestApp::new().await;
    let pool = pool_of_devices(&app).await;
    let device = begun(&pool, &[("scope", "openid")]).await;
    let visitor = pool.visitor();
    let sent = typed(&visitor, code_of(&device)).await;
    let location = sent.header("location").to_owned();
    // Somebody else's browser, which is signed in, and was sent the link.
    let victim = pool.visitor();
    victim.code_of("alice", &[]).await;
    let consent = victim.follow(&victim.open(&location).await).await;
    let answer = victim.fill(&consent, &[("choice", "allow")]).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    // More than was asked for.
    let wider = location.replace("scope=openid", "scope=openid+email");
    assert_ne!(wider, location);
    let page = visitor.follow(&visitor.open(&wider).await).await;
    let signed_in = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    let consent = visitor.follow(&signed_in).await;
    let answer = visitor.fill(&consent, &[("choice", "allow")]).await;
    assert_eq!((answer.status, answer.header("location")), (303, format!("/{}/device", pool.id).as_str()));
    app.advance(WAIT);
    assert_eq!(error(&polled(&pool, &device).await), (400, "authorization_pending"));
    // Another client of the pool has no use of the code.
    let other = json!({"ClientName": "other", "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true,
                       "CallbackURLs": ["https://other.example/cb"], "AllowedOAuthScopes": ["openid"]});
    let other = pool.admin("CreateUserPoolClient", other).await.ok()["UserPoolClient"]["ClientId"].clone();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let fields = [("grant_type", grant), ("client_id", other.as_str().unwrap()), ("device_code", device["device_code"].as_str().unwrap())];
    assert_eq!(error(&pool.post("oauth2/token", &[], &fields).await), (400, "invalid_grant"));
    // A form that another site sends takes nothing.
    let foreign = visitor.post(&format!("/{}/device", pool.id), &[("user_code", code_of(&device))]).await;
    assert!(foreign.status == 400 && !foreign.text.contains(code_of(&device)), "{}", foreign.text);
}

#[actix_web::test]
async fn whoever_is_signed_out_or_gone_meanwhile_lets_no_device_in() {
    let app = TestApp::new().await;
    let pool = pool_of_devices(&app).await;
    for operation in ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"] {
        let device = begun(&pool, &[]).await;
        let visitor = pool.visitor();
        let consent = asked(&visitor, code_of(&device)).await;
        visitor.fill(&consent, &[("choice", "allow")]).await;
        pool.admin(operation, json!({"Username": "alice"})).await.ok();
        let answer = polled(&pool, &device).await;
        assert!(["invalid_grant", "access_denied"].contains(&error(&answer).1), "{operation}: {}", answer.text);
        pool.admin("AdminEnableUser", json!({"Username": "alice"})).await;
    }
}

#[actix_web::test]
async fn a_pool_has_the_grant_where_its_tag_says_so() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let fields = [("client_id", pool.client_id.as_str())];
    assert_eq!(error(&pool.post("oauth2/device_authorization", &[], &fields).await), (400, "unauthorized_client"));
    let host = [("host".to_owned(), HOST.to_owned())];
    let metadata = async |pool: &TestPool<'_>| {
        app.send(Method::GET, &format!("/{}/.well-known/openid-configuration", pool.id), &host, Vec::new()).await.ok()
    };
    assert!(metadata(&pool).await["device_authorization_endpoint"].is_null());
    let with = pool_of_devices(&app).await;
    let told = metadata(&with).await;
    assert_eq!(told["device_authorization_endpoint"], format!("http://{HOST}/{}/oauth2/device_authorization", with.id));
    assert!(told["grant_types_supported"].to_string().contains("device_code"));
    let wide = [("client_id", with.client_id.as_str()), ("scope", "openid phone")];
    assert_eq!(error(&with.post("oauth2/device_authorization", &[], &wide).await), (400, "invalid_scope"));
}

#[actix_web::test]
async fn an_address_has_so_many_guesses_at_codes() {
    let app = TestApp::within(Limits { refused_sign_ins: 4, ..Limits::default() }).await;
    let pool = pool_of_devices(&app).await;
    let device = begun(&pool, &[]).await;
    let visitor = pool.visitor();
    for bad in ["", "WDJB", "WDJB-MJHT", "AAAA-AAAA"] {
        let answer = typed(&visitor, bad).await;
        assert!(answer.status == 400 && answer.text.contains("isn’t right"), "{bad}: {}", answer.text);
    }
    let held_up = typed(&visitor, code_of(&device)).await;
    assert!(held_up.status == 400 && held_up.text.contains("Too many attempts"), "{}", held_up.text);
    let filled = visitor.open("device?user_code=%3Cb%3E").await;
    assert!(filled.status == 200 && !filled.text.contains("<b>"), "{}", filled.text);
}
