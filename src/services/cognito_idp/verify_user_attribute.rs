//! VerifyUserAttribute: an address is the user's by the code that went to it.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::own_attributes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    attribute_name: String,
    code: String,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    own_attributes::verify(cx, &holder, &request.attribute_name, &request.code).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::TestApp;

    async fn ask(app: &TestApp, token: &Value) {
        app.advance(Duration::from_secs(1));
        app.anonymous().call("GetUserAttributeVerificationCode", json!({"AccessToken": token, "AttributeName": "email"})).await.ok();
    }

    async fn verify(app: &TestApp, token: &Value, attribute: &str, code: &str) -> String {
        let input = json!({"AccessToken": token, "AttributeName": attribute, "Code": code});
        app.anonymous().call("VerifyUserAttribute", input).await.code()
    }

    fn other_than(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    #[actix_web::test]
    async fn guesses_are_counted_across_codes_and_a_code_lives_a_day() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let token = pool.user_with("alice", json!({"email": "a@x.example"})).await.signed_in().await["AccessToken"].clone();
        assert_eq!(verify(&app, &token, "email", "000000").await, "ExpiredCodeException", "none was sent");
        let mut judged = 0;
        for _ in 0..3 {
            ask(&app, &token).await;
            let code = app.code_sent_to("a@x.example").await;
            for _ in 0..3 {
                judged += usize::from(verify(&app, &token, "email", other_than(&code)).await == "CodeMismatchException");
            }
        }
        assert_eq!(judged, 4);
        let code = app.code_sent_to("a@x.example").await;
        assert_eq!(verify(&app, &token, "email", &code).await, "LimitExceededException");
        for (attribute, code) in [("phone_number", "InvalidParameterException"), ("name", "InvalidParameterException")] {
            assert_eq!(verify(&app, &token, attribute, "000000").await, code);
        }
        assert_eq!(verify(&app, &json!("x"), "email", "000000").await, "NotAuthorizedException");
    }

    #[actix_web::test]
    async fn a_code_is_of_one_user_and_serves_once() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"AccessTokenValidity": 24})).await;
        let mut tokens = Vec::new();
        for name in ["alice", "bob"] {
            let user = pool.user_with(name, json!({"email": format!("{name}@x.example")})).await;
            tokens.push(user.signed_in().await["AccessToken"].clone());
            ask(&app, &tokens[tokens.len() - 1]).await;
        }
        let (of_alice, of_bob) = (app.code_sent_to("alice@x.example").await, app.code_sent_to("bob@x.example").await);
        if of_alice != of_bob {
            assert_eq!(verify(&app, &tokens[1], "email", &of_alice).await, "CodeMismatchException");
        }
        let answers = futures_util::future::join_all((0..8).map(|_| verify(&app, &tokens[0], "email", &of_alice))).await;
        assert_eq!(answers.iter().filter(|code| code.is_empty()).count(), 1, "{answers:?}");
        app.advance(Duration::from_secs(24 * 3600 - 60));
        app.advance(Duration::from_secs(30));
        let token = pool.sign_in("bob", crate::testing::PASSWORD).await.ok()["AuthenticationResult"]["AccessToken"].clone();
        app.advance(Duration::from_secs(60));
        assert_eq!(verify(&app, &token, "email", &of_bob).await, "ExpiredCodeException");
    }

    #[actix_web::test]
    async fn an_address_with_an_owner_is_not_taken_by_its_code() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({"PreventUserExistenceErrors": "LEGACY"})).await;
        pool.user_with("first", json!({"email": "a@x.example", "email_verified": "true"})).await;
        let second = pool.user_with("second", json!({"email": "A@x.example"})).await;
        let token = second.signed_in().await["AccessToken"].clone();
        ask(&app, &token).await;
        let code = app.code_sent_to("A@x.example").await;
        assert_eq!(verify(&app, &token, "email", &code).await, "AliasExistsException");
        assert_eq!(pool.admin("AdminGetUser", json!({"Username": "a@x.example"})).await.ok()["Username"], "first");
    }

    #[actix_web::test]
    async fn the_code_of_one_address_does_not_verify_the_next() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user_with("alice", json!({"email": "mine@x.example"})).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        ask(&app, &token).await;
        let code = app.code_sent_to("mine@x.example").await;
        let moved = json!({"AccessToken": token, "UserAttributes": [{"Name": "email", "Value": "victim@x.example"}]});
        app.anonymous().call("UpdateUserAttributes", moved).await.ok();
        assert_eq!(verify(&app, &token, "email", &code).await, "ExpiredCodeException");
    }
}
