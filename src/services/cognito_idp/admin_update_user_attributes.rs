//! AdminUpdateUserAttributes: within the schema, and a blank value deletes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::flows::triggers::{Through, Told};
use crate::flows::user_attributes::change_by_administrator;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    user_attributes: Vec<Attribute>,
    client_metadata: Option<BTreeMap<String, String>>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let told = Told::of(request.client_metadata);
    change_by_administrator(cx, Through::administrator(&pool, &told), &request.username, &by_name(request.user_attributes)).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    async fn update(pool: &TestPool<'_>, name: &str, attributes: Value) -> Answer {
        let attributes: Vec<Value> =
            attributes.as_object().unwrap().iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        pool.admin("AdminUpdateUserAttributes", json!({"Username": name, "UserAttributes": attributes})).await
    }

    async fn attributes(pool: &TestPool<'_>, name: &str) -> Value {
        let described = pool.admin("AdminGetUser", json!({"Username": name})).await.ok();
        let listed = described["UserAttributes"].as_array().unwrap().iter().filter(|attribute| attribute["Name"] != "sub");
        listed.map(|attribute| (attribute["Name"].as_str().unwrap().to_owned(), attribute["Value"].clone())).collect()
    }

    #[actix_web::test]
    async fn what_is_given_is_changed_found_and_in_the_next_token() {
        let app = TestApp::new().await;
        let schema = json!({"Schema": [{"Name": "tier", "AttributeDataType": "String"}]});
        let pool = app.pool_with(schema, json!({})).await;
        let alice = pool.user_with("alice", json!({"name": "Alice", "nickname": "al"})).await;
        let tokens = alice.signed_in().await;
        update(&pool, "alice", json!({"name": "Alicia", "custom:tier": "gold", "nickname": ""})).await.ok();
        assert_eq!(attributes(&pool, "alice").await, json!({"name": "Alicia", "custom:tier": "gold"}));
        for (filter, count) in [("name = \"Alicia\"", 1), ("name = \"Alice\"", 0)] {
            let found = pool.admin("ListUsers", json!({"Filter": filter})).await.ok();
            assert_eq!(found["Users"].as_array().unwrap().len(), count, "{filter}");
        }
        // Whoever is signed in stays so.
        let shown = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
        assert!(shown["UserAttributes"].as_array().unwrap().contains(&json!({"Name": "custom:tier", "Value": "gold"})));
    }

    #[actix_web::test]
    async fn another_address_is_unverified_unless_the_administrator_says_so_and_the_alias_follows() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
        pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
        pool.user_with("bob", json!({"email": "b@x.example", "email_verified": "true"})).await;
        let is_alice = async |name: &str| pool.sign_in(name, PASSWORD).await.status == 200;
        update(&pool, "alice", json!({"email": "new@x.example"})).await.ok();
        assert_eq!(attributes(&pool, "alice").await, json!({"email": "new@x.example", "email_verified": "false"}));
        assert!(!is_alice("a@x.example").await && !is_alice("new@x.example").await && is_alice("alice").await);
        update(&pool, "alice", json!({"email_verified": "true"})).await.ok();
        assert!(is_alice("new@x.example").await);
        for given in [json!({"email": "B@x.example", "email_verified": "true"}), json!({"email": "bob", "email_verified": "true"})] {
            let refused = update(&pool, "alice", given.clone()).await;
            let expected = if given["email"] == "bob" { "InvalidParameterException" } else { "AliasExistsException" };
            assert_eq!(refused.code(), expected);
        }
        assert_eq!(attributes(&pool, "alice").await["email"], "new@x.example", "what is refused changes nothing");
        update(&pool, "alice", json!({"email": "B@x.example"})).await.ok();
        assert_eq!(update(&pool, "alice", json!({"email_verified": "true"})).await.message(), "An account with the email already exists.");
        update(&pool, "bob", json!({"email_verified": "false"})).await.ok();
        assert!(!is_alice("b@x.example").await, "an address that is not verified is no name");
        update(&pool, "alice", json!({"email_verified": "true"})).await.ok();
        assert!(is_alice("b@x.example").await);
    }

    #[actix_web::test]
    async fn who_signs_up_by_an_address_is_named_by_the_new_one() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UsernameAttributes": ["email"]}), json!({})).await;
        for name in ["a@x.example", "b@x.example"] {
            pool.user(name).await;
        }
        update(&pool, "a@x.example", json!({"email": "new@x.example"})).await.ok();
        pool.sign_in("new@x.example", PASSWORD).await.ok();
        assert_eq!(pool.sign_in("a@x.example", PASSWORD).await.code(), "NotAuthorizedException");
        assert_eq!(update(&pool, "new@x.example", json!({"email": "b@x.example"})).await.code(), "AliasExistsException");
    }

    #[actix_web::test]
    async fn names_of_claims_and_of_the_schemas_own_are_not_attributes_to_write() {
        let app = TestApp::new().await;
        let schema = json!({"Schema": [{"Name": "fixed", "AttributeDataType": "String", "Mutable": false}]});
        let pool = app.pool_with(schema, json!({})).await;
        pool.user_with("alice", json!({"custom:fixed": "a"})).await;
        for name in
            ["sub", "iss", "aud", "exp", "token_use", "cognito:groups", "cognito:roles", "cognito:username", "dev:custom:x", "custom:fixed"]
        {
            assert_eq!(update(&pool, "alice", json!({name: "x"})).await.code(), "InvalidParameterException", "{name}");
        }
        assert_eq!(attributes(&pool, "alice").await, json!({"custom:fixed": "a"}));
        assert_eq!(update(&pool, "nobody", json!({"name": "x"})).await.code(), "UserNotFoundException");
    }

    #[actix_web::test]
    async fn the_code_that_went_to_the_old_address_does_not_verify_the_new_one() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        let address = json!([{"Name": "email", "Value": "mallory@x.example"}]);
        pool.client("SignUp", json!({"Username": "mallory", "Password": PASSWORD, "UserAttributes": address})).await.ok();
        let code = app.code_sent_to("mallory@x.example").await;
        update(&pool, "mallory", json!({"email": "victim@x.example"})).await.ok();
        let confirm = pool.client("ConfirmSignUp", json!({"Username": "mallory", "ConfirmationCode": code})).await;
        assert_eq!(confirm.code(), "CodeMismatchException");
        assert_eq!(attributes(&pool, "mallory").await, json!({"email": "victim@x.example"}));
        pool.client("ResendConfirmationCode", json!({"Username": "mallory"})).await.ok();
        let code = app.code_sent_to("victim@x.example").await;
        pool.client("ConfirmSignUp", json!({"Username": "mallory", "ConfirmationCode": code})).await.ok();
    }
}
