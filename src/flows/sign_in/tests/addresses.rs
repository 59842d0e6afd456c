//! An address that is given with a new password: what the user signs in by after that.

use serde_json::json;

use super::*;
use crate::testing::PASSWORD;

/// Makes a user with a temporary password, and sets one of their own together with another address.
async fn change_address(pool: &TestPool<'_>, username: &str, from: &str, to: &str) -> Answer {
    let attributes = json!([{"Name": "email", "Value": from}, {"Name": "email_verified", "Value": "true"}]);
    let made = json!({"Username": username, "UserAttributes": attributes, "TemporaryPassword": OTHER, "MessageAction": "SUPPRESS"});
    pool.admin("AdminCreateUser", made).await.ok();
    let asked = pool.sign_in(from, OTHER).await.ok();
    let chosen = json!({"USERNAME": from, "NEW_PASSWORD": PASSWORD, "userAttributes.email": to});
    pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], chosen).await
}

#[actix_web::test]
async fn who_signed_up_by_an_address_signs_in_by_the_new_one() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"UsernameAttributes": ["email"]}), json!({})).await;
    change_address(&pool, "a@x.example", "a@x.example", "b@x.example").await.ok();
    let codes = [pool.sign_in("a@x.example", PASSWORD).await.code(), pool.sign_in("B@x.example", PASSWORD).await.code()];
    assert_eq!(codes, ["NotAuthorizedException", ""]);
    let described = pool.admin("AdminGetUser", json!({"Username": "b@x.example"})).await.ok();
    let verified = json!({"Name": "email_verified", "Value": "false"});
    assert!(described["UserAttributes"].as_array().unwrap().contains(&verified), "{described}");
    // The old one is free.
    pool.client("SignUp", json!({"Username": "a@x.example", "Password": PASSWORD})).await.ok();
}

#[actix_web::test]
async fn an_address_that_is_anothers_name_is_not_taken() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"UsernameAttributes": ["email"]}), json!({})).await;
    pool.user("b@x.example").await;
    let refused = change_address(&pool, "a@x.example", "a@x.example", "b@x.example").await;
    assert_eq!(refused.code(), "AliasExistsException");
    // Nothing came of it.
    assert_eq!(pool.sign_in("a@x.example", OTHER).await.ok()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
}

#[actix_web::test]
async fn an_alias_is_none_until_it_is_verified() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
    change_address(&pool, "al", "a@x.example", "b@x.example").await.ok();
    let mut codes = Vec::new();
    for name in ["a@x.example", "b@x.example", "al"] {
        codes.push(pool.sign_in(name, PASSWORD).await.code());
    }
    assert_eq!(codes, ["NotAuthorizedException", "NotAuthorizedException", ""]);
}
