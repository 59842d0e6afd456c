//! ResendConfirmationCode: where users are hidden, it answers as if it had sent one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::CodeDeliveryDetails;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::confirm_sign_up;
use crate::flows::triggers::Told;
use crate::kit::id::ClientId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<String>,
    username: String,
    client_metadata: Option<BTreeMap<String, String>>,
}

proves_secret_by_username!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    code_delivery_details: CodeDeliveryDetails,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let app_client = app_client.telling(Told::of(request.client_metadata));
    Ok(Response { code_delivery_details: confirm_sign_up::resend(cx, &app_client, &request.username).await?.into() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::budgets::Limits;
    use crate::testing::{Answer, TestApp, TestPool};

    async fn resend(pool: &TestPool<'_>, name: &str) -> Answer {
        pool.client("ResendConfirmationCode", json!({"Username": name})).await
    }

    async fn sign_up(pool: &TestPool<'_>, name: &str, address: &str) {
        let attributes = json!([{"Name": "email", "Value": address}]);
        pool.client("SignUp", json!({"Username": name, "Password": "Pa55word!", "UserAttributes": attributes})).await.ok();
    }

    #[actix_web::test]
    async fn known_and_unknown_names_are_answered_and_counted_alike() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        sign_up(&pool, "a-waiting", "a-waiting@x.example").await;
        pool.user("a-confirmed").await;
        app.advance(Duration::from_secs(1800));
        let mut codes = Vec::new();
        for name in ["a-ghost", "a-waiting", "a-confirmed"] {
            let mut one = Vec::new();
            for pause in [0, 2700, 900] {
                app.advance(Duration::from_secs(pause));
                for _ in 0..6 {
                    let answer = resend(&pool, name).await;
                    let delivery = answer.body["CodeDeliveryDetails"].clone();
                    one.push((answer.code(), delivery["DeliveryMedium"].clone(), delivery["AttributeName"].clone()));
                    if let Some(destination) = delivery["Destination"].as_str() {
                        assert!(destination.starts_with("a***@") && destination.ends_with("***"), "{destination}");
                    }
                }
            }
            codes.push(one);
        }
        let limits: Vec<bool> = codes[0].iter().map(|(code, ..)| code == "LimitExceededException").collect();
        let window = [false, false, false, false, false, true];
        assert_eq!(limits, [window, [true; 6], window].concat());
        assert_eq!(codes[0], codes[1]);
        assert_eq!(codes[0], codes[2]);
        // The sign-up's code, and those of two windows; to nobody else anything.
        assert_eq!(app.messages_to("a-waiting@x.example").await.len(), 11);
        assert_eq!(resend(&pool, "other").await.ok(), resend(&pool, "other").await.ok(), "a name has one simulated destination");
    }

    #[actix_web::test]
    async fn an_address_is_answered_as_it_was_given() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}), json!({})).await;
        pool.client("SignUp", json!({"Username": "real@test.example", "Password": "Pa55word!"})).await.ok();
        let delivery = |destination: &str| json!({"Destination": destination, "DeliveryMedium": "EMAIL", "AttributeName": "email"});
        for name in ["real@test.example", "ruse@test.example"] {
            assert_eq!(resend(&pool, name).await.ok()["CodeDeliveryDetails"], delivery("r***@t***"), "{name}");
        }
    }

    #[actix_web::test]
    async fn an_address_that_gets_no_more_messages_does_not_show() {
        let app = TestApp::within(Limits { messages: 1, ..Limits::default() }).await;
        for (client, refused) in [("ENABLED", ""), ("LEGACY", "LimitExceededException")] {
            let settings = json!({"AutoVerifiedAttributes": ["email"]});
            let pool = app.pool_with(settings, json!({"PreventUserExistenceErrors": client})).await;
            sign_up(&pool, "waiting", "w@x.example").await;
            let code = app.code_sent_to("w@x.example").await;
            assert_eq!(resend(&pool, "waiting").await.code(), refused, "{client}");
            // The code that did arrive still serves.
            pool.client("ConfirmSignUp", json!({"Username": "waiting", "ConfirmationCode": code})).await.ok();
            app.advance(Duration::from_secs(3600));
        }
    }

    #[actix_web::test]
    async fn who_may_be_told_is_told() {
        let app = TestApp::new().await;
        let legacy = json!({"PreventUserExistenceErrors": "LEGACY"});
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), legacy).await;
        sign_up(&pool, "waiting", "w@y.example").await;
        pool.user("confirmed").await;
        assert_eq!(resend(&pool, "waiting").await.ok()["CodeDeliveryDetails"]["Destination"], "w***@y***");
        assert_eq!(resend(&pool, "ghost").await.code(), "UserNotFoundException");
        assert_eq!(resend(&pool, "confirmed").await.message(), "User is already confirmed.");
        let silent = app.pool_with(json!({}), json!({"PreventUserExistenceErrors": "LEGACY"})).await;
        sign_up(&silent, "waiting", "w@z.example").await;
        assert_eq!(resend(&silent, "waiting").await.message(), "Cannot resend codes. Auto verification not turned on.");
        assert_eq!(app.messages_to("w@z.example").await.len(), 0);
        assert_eq!(silent.admin("AdminGetUser", json!({"Username": "waiting"})).await.ok()["UserStatus"], Value::from("UNCONFIRMED"));
    }
}
