//! The pages of app clients' secrets, OAuth settings and rotation, and of resource servers.

use std::time::Duration;

use serde_json::json;

use super::{client, open, send, shows};
use crate::testing::TestApp;

#[actix_web::test]
async fn a_secret_is_changed_for_another_and_shown_once() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({}), json!({"GenerateSecret": true})).await;
    let browser = app.console().await;
    let path = format!("/clients/{}/secrets", pool.client_id);
    let listed = async || {
        let listed = pool.admin("ListUserPoolClientSecrets", json!({"ClientId": pool.client_id})).await.ok();
        let secrets = listed["ClientSecrets"].as_array().unwrap().clone();
        secrets.iter().map(|secret| secret["ClientSecretId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(shows(&open(&browser, &pool, &format!("/clients/{}", pool.client_id)).await, "Secrets</a>"));
    let first = listed().await.remove(0);
    assert!(shows(&open(&browser, &pool, &path).await, &first));
    let made = send(&browser, &pool, &path, &[]).await;
    assert!(made.status == 200 && shows(&made, "Copy the secret now."), "{}", made.text);
    assert_eq!(listed().await.len(), 2);
    assert!(!shows(&open(&browser, &pool, &path).await, "Copy the secret now."));
    let full = send(&browser, &pool, &path, &[]).await;
    assert!(full.status == 400 && shows(&full, "LimitExceededException"), "{}", full.text);
    assert_eq!(send(&browser, &pool, &format!("{path}/delete"), &[("secret", &first), ("confirm", "x")]).await.status, 400);
    let fields = [("secret", first.as_str()), ("confirm", &first)];
    let gone = browser.submit_and_follow(&format!("/pools/{}{path}/delete", pool.id), &fields).await;
    assert!(shows(&gone, "The secret is deleted.") && !shows(&gone, &first), "{}", gone.text);
    let last = listed().await.remove(0);
    let refused = send(&browser, &pool, &format!("{path}/delete"), &[("secret", &last), ("confirm", &last)]).await;
    assert!(refused.status == 400 && shows(&refused, "The last remaining secret"), "{}", refused.text);
    let shown = open(&browser, &pool, &format!("/clients/{}", pool.client_id)).await;
    assert!(shows(&shown, "not shown: whoever set it knows it"), "{}", shown.text);
    app.advance(Duration::from_secs(1800));
    let asked = send(&browser, &pool, &path, &[]).await;
    assert!(asked.header("location").starts_with("/console/reauthenticate"), "a secret is made by whoever proved themselves lately");
}

#[actix_web::test]
async fn a_client_with_a_secret_tells_where_its_users_come_from() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({}), json!({"GenerateSecret": true})).await;
    let browser = app.console().await;
    let path = format!("/clients/{}", pool.client_id);
    open(&browser, &pool, &path).await;
    let fields = [("name", "c"), ("flow", "ALLOW_USER_SRP_AUTH"), ("tells_addresses", "on")];
    let saved = browser.submit_and_follow(&format!("/pools/{}{path}", pool.id), &fields).await;
    assert!(shows(&saved, "name=\"tells_addresses\" checked"), "{}", saved.text);
    assert_eq!(client(&pool).await["EnablePropagateAdditionalUserContextData"], true);
    let public = app.pool().await;
    let refused = send(&browser, &public, &format!("/clients/{}", public.client_id), &fields).await;
    assert!(refused.status == 400 && shows(&refused, "that has a client secret."), "{}", refused.text);
}

#[actix_web::test]
async fn oauth_and_rotation_are_set_and_refused() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let browser = app.console().await;
    let path = format!("/clients/{}/oauth", pool.client_id);
    open(&browser, &pool, &path).await;
    let fields = [
        ("on", "on"),
        ("flow", "code"),
        ("callbacks", "https://app.example/\r\nmyapp://back\r\n"),
        ("default_redirect", "myapp://back"),
        ("logouts", "https://app.example/bye"),
        ("scopes", "openid\r\nemail"),
        ("rotates", "on"),
        ("grace", "5"),
    ];
    let saved = browser.submit_and_follow(&format!("/pools/{}{path}", pool.id), &fields).await;
    assert!(shows(&saved, "The app client is saved.") && shows(&saved, "myapp://back"), "{}", saved.text);
    let after = client(&pool).await;
    for (member, value) in [
        ("AllowedOAuthFlowsUserPoolClient", json!(true)),
        ("AllowedOAuthFlows", json!(["code"])),
        ("CallbackURLs", json!(["https://app.example/", "myapp://back"])),
        ("DefaultRedirectURI", json!("myapp://back")),
        ("AllowedOAuthScopes", json!(["openid", "email"])),
        ("RefreshTokenRotation", json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 5})),
        ("ExplicitAuthFlows", json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"])),
    ] {
        assert_eq!(after[member], value, "{member}");
    }
    let refused = send(&browser, &pool, &path, &[("callbacks", "http://app.example/")]).await;
    assert!(refused.status == 400 && shows(&refused, "cannot use the HTTP protocol."), "{}", refused.text);
    browser.submit_and_follow(&format!("/pools/{}{path}", pool.id), &[]).await;
    let after = client(&pool).await;
    assert_eq!((after.get("RefreshTokenRotation"), after.get("CallbackURLs")), (None, None));
    assert!(after["ExplicitAuthFlows"].as_array().unwrap().contains(&json!("ALLOW_REFRESH_TOKEN_AUTH")), "it is given back");
}

#[actix_web::test]
async fn a_resource_server_is_made_changed_and_deleted() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let browser = app.console().await;
    assert!(shows(&open(&browser, &pool, "/resource-servers").await, "No resource servers yet"));
    let fields = [("identifier", "https://api.example/?a"), ("name", "The API"), ("scopes", "read to read\r\nwrite\r\n")];
    let made = browser.submit_and_follow(&format!("/pools/{}/resource-servers/new", pool.id), &fields).await;
    assert!(shows(&made, "The resource server is made.") && shows(&made, "read to read"), "{}", made.text);
    assert!(shows(&open(&browser, &pool, "/resource-servers").await, "https://api.example/?a/read"));
    let again = send(&browser, &pool, "/resource-servers/new", &fields).await;
    assert!(again.status == 400 && shows(&again, "already exists"), "{}", again.text);
    let fields = [("identifier", "https://api.example/?a"), ("name", "Another"), ("scopes", "")];
    let saved = browser.submit_and_follow(&format!("/pools/{}/resource-servers/one", pool.id), &fields).await;
    assert!(shows(&saved, "The resource server is saved.") && shows(&saved, "Another"));
    let fields = [("identifier", "https://api.example/?a"), ("confirm", "https://api.example/?a")];
    let gone = browser.submit_and_follow(&format!("/pools/{}/resource-servers/delete", pool.id), &fields).await;
    assert!(shows(&gone, "The resource server is deleted.") && shows(&gone, "No resource servers yet"));
    let machine = browser.submit_and_follow(&format!("/pools/{}/clients/new", pool.id), &[("name", "m"), ("preset", "machine")]).await;
    assert!(shows(&machine, "The app client is made."), "{}", machine.text);
}
