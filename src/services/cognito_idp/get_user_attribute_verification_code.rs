//! GetUserAttributeVerificationCode: the code that verifies an address of the user's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::CodeDeliveryDetails;
use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::own_attributes;
use crate::flows::triggers::Told;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    attribute_name: String,
    client_metadata: Option<BTreeMap<String, String>>,
}

carries_access_token!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    code_delivery_details: CodeDeliveryDetails,
}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let told = Told::of(request.client_metadata);
    Ok(Response { code_delivery_details: own_attributes::send_code(cx, &holder, &request.attribute_name, &told).await?.into() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::budgets::Limits;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_code_is_asked_for_again_so_often_and_the_newest_serves() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user_with("alice", json!({"email": "a@x.example", "name": "Alice"})).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let ask = async |attribute: &str| {
            app.advance(std::time::Duration::from_secs(1));
            app.anonymous().call("GetUserAttributeVerificationCode", json!({"AccessToken": token, "AttributeName": attribute})).await
        };
        let delivery = json!({"Destination": "a***@x***", "DeliveryMedium": "EMAIL", "AttributeName": "email"});
        for _ in 0..5 {
            assert_eq!(ask("email").await.ok(), json!({"CodeDeliveryDetails": delivery}));
        }
        assert_eq!(ask("email").await.code(), "LimitExceededException");
        assert_eq!(app.messages_to("a@x.example").await[0].trigger_source, "CustomMessage_VerifyUserAttribute");
        for (attribute, message) in
            [("phone_number", "User has no phone_number to verify."), ("name", "Attribute name cannot be verified.")]
        {
            assert_eq!(ask(attribute).await.error(), ("InvalidParameterException".to_owned(), message.to_owned()));
        }
        let code = app.code_sent_to("a@x.example").await;
        let verify = json!({"AccessToken": token, "AttributeName": "email", "Code": code});
        app.anonymous().call("VerifyUserAttribute", verify).await.ok();
        let attributes = alice.described().await["UserAttributes"].clone();
        assert!(attributes.as_array().unwrap().contains(&json!({"Name": "email_verified", "Value": "true"})), "{attributes}");
        let nobody: Value = json!({"AccessToken": "x", "AttributeName": "email"});
        assert_eq!(app.anonymous().call("GetUserAttributeVerificationCode", nobody).await.message(), "Invalid Access Token");
    }

    #[actix_web::test]
    async fn a_full_address_gets_no_more() {
        let app = TestApp::within(Limits { messages: 1, ..Limits::default() }).await;
        let pool = app.pool().await;
        let mut answers = Vec::new();
        for name in ["alice", "bob"] {
            let user = pool.user_with(name, json!({"email": "shared@x.example"})).await;
            let token = user.signed_in().await["AccessToken"].clone();
            let ask = json!({"AccessToken": token, "AttributeName": "email"});
            answers.push(app.anonymous().call("GetUserAttributeVerificationCode", ask).await.code());
        }
        assert_eq!(answers, ["", "LimitExceededException"]);
    }
}
