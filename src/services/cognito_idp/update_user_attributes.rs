//! UpdateUserAttributes: the user's own. An address that the pool verifies gets a code, and waits for it where the pool says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, CodeDeliveryDetails, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::own_attributes::{self, OwnChangeRefused};
use crate::flows::triggers::Told;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    user_attributes: Vec<Attribute>,
    client_metadata: Option<BTreeMap<String, String>>,
}

carries_access_token!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_delivery_details_list: Vec<CodeDeliveryDetails>,
}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let told = Told::of(request.client_metadata);
    let deliveries =
        own_attributes::update(cx, &holder, &by_name(request.user_attributes), &told).await.map_err(|refused| match refused {
            // The model knows no limit here, so a spent budget is one request too many.
            OwnChangeRefused::TooManyCodes => Error::TooManyRequests,
            refused => refused.into(),
        })?;
    Ok(Response { code_delivery_details_list: deliveries.into_iter().map(Into::into).collect() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{Answer, PASSWORD, TestApp, TestUser};

    async fn update(app: &TestApp, token: &Value, attributes: Value) -> Answer {
        let attributes: Vec<Value> =
            attributes.as_object().unwrap().iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        app.anonymous().call("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": attributes})).await
    }

    async fn verify(app: &TestApp, token: &Value, attribute: &str, code: &str) -> (String, String) {
        let input = json!({"AccessToken": token, "AttributeName": attribute, "Code": code});
        app.anonymous().call("VerifyUserAttribute", input).await.error()
    }

    async fn attributes(user: &TestUser<'_>) -> Value {
        let described = user.described().await;
        let listed = described["UserAttributes"].as_array().unwrap().iter().filter(|attribute| attribute["Name"] != "sub");
        listed.map(|attribute| (attribute["Name"].as_str().unwrap().to_owned(), attribute["Value"].clone())).collect()
    }

    fn verified() -> Value {
        json!({"email": "old@x.example", "email_verified": "true"})
    }

    #[actix_web::test]
    async fn a_user_changes_what_their_client_may_write() {
        let app = TestApp::new().await;
        let schema = json!([{"Name": "tier", "AttributeDataType": "String", "DeveloperOnlyAttribute": true},
                            {"Name": "fixed", "AttributeDataType": "String", "Mutable": false}]);
        let pool = app.pool_with(json!({"Schema": schema}), json!({"WriteAttributes": ["name", "nickname", "custom:fixed"]})).await;
        let alice = pool.user_with("alice", json!({"name": "Alice", "nickname": "al", "custom:fixed": "a"})).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        assert_eq!(update(&app, &token, json!({"name": "Alicia", "nickname": ""})).await.ok(), json!({}));
        assert_eq!(attributes(&alice).await, json!({"name": "Alicia", "custom:fixed": "a"}));
        for (name, value, code) in [
            ("gender", "f", "NotAuthorizedException"),
            ("email_verified", "true", "NotAuthorizedException"),
            ("dev:custom:tier", "gold", "NotAuthorizedException"),
            ("cognito:groups", "admins", "NotAuthorizedException"),
            ("custom:fixed", "b", "InvalidParameterException"),
            ("name", &"x".repeat(2049), "InvalidParameterException"),
        ] {
            assert_eq!(update(&app, &token, json!({"nickname": "x", name: value})).await.code(), code, "{name}");
        }
        assert_eq!(attributes(&alice).await, json!({"name": "Alicia", "custom:fixed": "a"}), "what is refused changes nothing");
        let found = pool.admin("ListUsers", json!({"Filter": "name = \"Alicia\""})).await.ok();
        assert_eq!(found["Users"][0]["Username"], "alice");
        assert_eq!(update(&app, &json!("x"), json!({"name": "y"})).await.message(), "Invalid Access Token");
    }

    #[actix_web::test]
    async fn a_client_that_may_write_all_does_not_let_its_user_vouch_for_an_address() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
        let alice = pool.user_with("alice", json!({"email": "old@x.example"})).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        for given in [
            json!({"email_verified": "true"}),
            json!({"email": "victim@x.example", "email_verified": "true"}),
            json!({"email_verified": ""}),
        ] {
            let refused = update(&app, &token, given).await;
            assert_eq!(
                refused.error(),
                ("NotAuthorizedException".to_owned(), "A client attempted to write unauthorized attribute".to_owned())
            );
        }
        assert_eq!(update(&app, &token, json!({"sub": "x"})).await.code(), "InvalidParameterException");
    }

    #[actix_web::test]
    async fn a_new_address_is_unverified_until_its_code_comes() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}), json!({})).await;
        let alice = pool.user_with("alice", verified()).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let sent = update(&app, &token, json!({"email": "new@x.example"})).await.ok();
        assert_eq!(
            sent["CodeDeliveryDetailsList"],
            json!([{"Destination": "n***@x***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}])
        );
        assert_eq!(app.messages_to("new@x.example").await[0].trigger_source, "CustomMessage_UpdateUserAttribute");
        assert_eq!(attributes(&alice).await, json!({"email": "new@x.example", "email_verified": "false"}));
        for name in ["old@x.example", "new@x.example"] {
            assert_eq!(pool.sign_in(name, PASSWORD).await.code(), "NotAuthorizedException", "{name}");
        }
        let code = app.code_sent_to("new@x.example").await;
        assert_eq!(verify(&app, &token, "email", &code).await.0, "");
        assert_eq!(attributes(&alice).await, json!({"email": "new@x.example", "email_verified": "true"}));
        pool.sign_in("new@x.example", PASSWORD).await.ok();
        // What the pool does not verify gets no code; what does not change gets none.
        assert_eq!(update(&app, &token, json!({"phone_number": "+15555550100", "email": "new@x.example"})).await.ok(), json!({}));
        assert_eq!(app.messages_to("+15555550100").await.len(), 0);
    }

    #[actix_web::test]
    async fn an_address_that_waits_takes_the_place_of_the_last_once_it_is_verified() {
        let app = TestApp::new().await;
        for names in [json!({"AliasAttributes": ["email"]}), json!({"UsernameAttributes": ["email"]})] {
            let mut settings = json!({"AutoVerifiedAttributes": ["email"],
                                      "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}});
            settings.as_object_mut().unwrap().extend(names.as_object().unwrap().clone());
            let pool = app.pool_with(settings, json!({})).await;
            let username = if names.get("UsernameAttributes").is_some() { "old@x.example" } else { "alice" };
            let alice = pool.user_with(username, json!({"email_verified": "true", "email": "old@x.example"})).await;
            let token = alice.signed_in().await["AccessToken"].clone();
            let sent = update(&app, &token, json!({"email": "new@x.example", "nickname": "al"})).await.ok();
            assert_eq!(sent["CodeDeliveryDetailsList"][0]["Destination"], "n***@x***");
            let before = json!({"email": "old@x.example", "email_verified": "true", "nickname": "al"});
            let found = pool.admin("AdminGetUser", json!({"Username": "old@x.example"})).await.ok();
            assert!(
                before
                    .as_object()
                    .unwrap()
                    .iter()
                    .all(|(name, value)| { found["UserAttributes"].as_array().unwrap().contains(&json!({"Name": name, "Value": value})) })
            );
            assert!(pool.sign_in("old@x.example", PASSWORD).await.status == 200, "the old one stays a name");
            assert_eq!(pool.sign_in("new@x.example", PASSWORD).await.code(), "NotAuthorizedException");
            let code = app.code_sent_to("new@x.example").await;
            assert_eq!(verify(&app, &token, "email", &code).await.0, "");
            assert!(pool.sign_in("new@x.example", PASSWORD).await.status == 200);
            assert_eq!(pool.sign_in("old@x.example", PASSWORD).await.code(), "NotAuthorizedException");
            let found = pool.admin("AdminGetUser", json!({"Username": "new@x.example"})).await.ok();
            assert!(found["UserAttributes"].as_array().unwrap().contains(&json!({"Name": "email_verified", "Value": "true"})));
            app.advance(Duration::from_secs(7200));
        }
    }

    #[actix_web::test]
    async fn of_two_addresses_that_wait_the_later_one_counts_and_a_code_verifies_its_own() {
        let app = TestApp::new().await;
        let settings = json!({"AutoVerifiedAttributes": ["email"],
                              "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}});
        let pool = app.pool_with(settings, json!({})).await;
        let alice = pool.user_with("alice", verified()).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        update(&app, &token, json!({"email": "mine@x.example"})).await.ok();
        let of_mine = app.code_sent_to("mine@x.example").await;
        update(&app, &token, json!({"email": "victim@x.example"})).await.ok();
        if of_mine != app.code_sent_to("victim@x.example").await {
            assert_eq!(verify(&app, &token, "email", &of_mine).await.0, "CodeMismatchException");
        }
        assert_eq!(attributes(&alice).await, verified());
        // Who takes the change back has nothing to verify any more.
        let of_victim = app.code_sent_to("victim@x.example").await;
        update(&app, &token, json!({"email": "old@x.example"})).await.ok();
        assert_ne!(verify(&app, &token, "email", &of_victim).await.0, "");
        assert_eq!(attributes(&alice).await, verified());
        // An administrator's address takes the place of one that waits, and ends its code.
        update(&app, &token, json!({"email": "again@x.example"})).await.ok();
        let of_again = app.code_sent_to("again@x.example").await;
        let given = json!([{"Name": "email", "Value": "set@x.example"}, {"Name": "email_verified", "Value": "true"}]);
        pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": given})).await.ok();
        assert_ne!(verify(&app, &token, "email", &of_again).await.0, "");
        assert_eq!(attributes(&alice).await, json!({"email": "set@x.example", "email_verified": "true"}));
    }

    #[actix_web::test]
    async fn an_administrators_change_waits_or_is_made_as_they_say() {
        let app = TestApp::new().await;
        let settings = json!({"AutoVerifiedAttributes": ["email"],
                              "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}});
        let pool = app.pool_with(settings, json!({})).await;
        let alice = pool.user_with("alice", verified()).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let set = async |given: Value| pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": given})).await;
        assert_eq!(set(json!([{"Name": "email", "Value": "new@x.example"}])).await.ok(), json!({}));
        assert_eq!(attributes(&alice).await, verified());
        // That the profile's address is verified says nothing of one that waits.
        set(json!([{"Name": "email_verified", "Value": "true"}])).await.ok();
        assert_eq!(attributes(&alice).await, verified());
        let code = app.code_sent_to("new@x.example").await;
        assert_eq!(verify(&app, &token, "email", &code).await.0, "");
        assert_eq!(attributes(&alice).await, json!({"email": "new@x.example", "email_verified": "true"}));
        set(json!([{"Name": "email", "Value": "b@x.example"}, {"Name": "email_verified", "Value": "true"}])).await.ok();
        assert_eq!(attributes(&alice).await["email"], "b@x.example");
        assert_eq!(app.messages_to("b@x.example").await.len(), 0);
    }

    #[actix_web::test]
    async fn codes_that_a_user_has_sent_are_bounded() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["phone_number"]}), json!({})).await;
        let alice = pool.user_with("alice", json!({})).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let mut codes = Vec::new();
        for number in 0..7 {
            codes.push(update(&app, &token, json!({"phone_number": format!("+1555555010{number}")})).await.code());
        }
        assert_eq!(codes, ["", "", "", "", "", "TooManyRequestsException", "TooManyRequestsException"]);
        assert_eq!(attributes(&alice).await["phone_number"], "+15555550104", "what is refused changes nothing");
    }

    #[actix_web::test]
    async fn what_waits_must_be_verified_by_the_pool_and_what_is_set_comes_back() {
        let app = TestApp::new().await;
        let waits = json!({"AttributesRequireVerificationBeforeUpdate": ["email"]});
        let refused = app.admin().call("CreateUserPool", json!({"PoolName": "p", "UserAttributeUpdateSettings": waits})).await;
        let words = "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes";
        assert_eq!(refused.error(), ("InvalidParameterException".to_owned(), words.to_owned()));
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"], "UserAttributeUpdateSettings": waits}), json!({})).await;
        let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        assert_eq!(described["UserAttributeUpdateSettings"], waits);
        let kept = pool.admin("UpdateUserPool", json!({"UserAttributeUpdateSettings": waits})).await;
        assert_eq!(kept.error(), ("InvalidParameterException".to_owned(), words.to_owned()), "AutoVerifiedAttributes was left out");
    }
}
