//! ForgotPassword: where users are hidden, it answers as if it had sent a code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::CodeDeliveryDetails;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::recover;
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
    Ok(Response { code_delivery_details: recover::forgot(cx, &app_client, &request.username).await?.into() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::budgets::Limits;
    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    async fn forgot(pool: &TestPool<'_>, name: &str) -> Answer {
        pool.client("ForgotPassword", json!({"Username": name})).await
    }

    /// A user of each standing, by these addresses.
    async fn people(pool: &TestPool<'_>) {
        let verified = |name: &str| json!({"email": format!("{name}@x.example"), "email_verified": "true"});
        pool.user_with("a-known", verified("a-known")).await;
        pool.user_with("a-disabled", verified("a-disabled")).await;
        pool.admin("AdminDisableUser", json!({"Username": "a-disabled"})).await.ok();
        pool.user_with("a-unverified", json!({"email": "a-unverified@x.example"})).await;
        let made = json!({"Username": "a-made", "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
        let address = json!([{"Name": "email", "Value": "a-waiting@x.example"}]);
        pool.client("SignUp", json!({"Username": "a-waiting", "Password": PASSWORD, "UserAttributes": address})).await.ok();
    }

    const NAMES: [&str; 6] = ["a-ghost", "a-known", "a-disabled", "a-unverified", "a-made", "a-waiting"];

    #[actix_web::test]
    async fn known_and_unknown_names_are_answered_and_counted_alike() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        people(&pool).await;
        let sent = app.messages_to("a-waiting@x.example").await.len();
        let mut all = Vec::new();
        for name in NAMES {
            let mut one = Vec::new();
            for _ in 0..7 {
                let answer = forgot(&pool, name).await;
                let delivery = answer.body["CodeDeliveryDetails"].clone();
                if let Some(destination) = delivery["Destination"].as_str() {
                    assert!(destination.starts_with("a***@") && destination.ends_with("***"), "{destination}");
                }
                one.push((answer.status, answer.error(), delivery["DeliveryMedium"].clone(), delivery["AttributeName"].clone()));
            }
            all.push(one);
        }
        let limits: Vec<bool> = all[0].iter().map(|(_, error, ..)| error.0 == "LimitExceededException").collect();
        assert_eq!(limits, [false, false, false, false, false, true, true]);
        for (one, name) in all.iter().zip(NAMES) {
            assert_eq!(one, &all[0], "{name}");
        }
        assert_eq!(app.messages_to("a-known@x.example").await.len(), 5);
        for silent in ["a-disabled", "a-unverified"] {
            assert_eq!(app.messages_to(&format!("{silent}@x.example")).await.len(), 0, "{silent}");
        }
        assert_eq!(app.messages_to("a-waiting@x.example").await.len(), sent);
    }

    #[actix_web::test]
    async fn who_may_be_told_is_told() {
        let app = TestApp::new().await;
        let legacy = json!({"PreventUserExistenceErrors": "LEGACY"});
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), legacy).await;
        people(&pool).await;
        let delivery = json!({"Destination": "a***@x***", "DeliveryMedium": "EMAIL", "AttributeName": "email"});
        assert_eq!(forgot(&pool, "a-known").await.ok()["CodeDeliveryDetails"], delivery);
        let unverified = "Cannot reset password for the user as there is no registered/verified email or phone_number";
        for (name, code, message) in [
            ("a-ghost", "UserNotFoundException", "User does not exist."),
            ("a-disabled", "NotAuthorizedException", "User is disabled."),
            ("a-unverified", "InvalidParameterException", unverified),
            ("a-made", "NotAuthorizedException", "User password cannot be reset in the current state."),
            ("a-waiting", "InvalidParameterException", unverified),
        ] {
            assert_eq!(forgot(&pool, name).await.error(), (code.to_owned(), message.to_owned()), "{name}");
        }
    }

    #[actix_web::test]
    async fn the_code_goes_where_the_pool_recovers_by() {
        let app = TestApp::new().await;
        let mechanism = |priority: i64, name: &str| json!({"Priority": priority, "Name": name});
        let both =
            json!({"email": "a@x.example", "email_verified": "true", "phone_number": "+15555550100", "phone_number_verified": "true"});
        let email = json!({"email": "a@x.example", "email_verified": "true"});
        for (mechanisms, attributes, medium) in [
            (json!([]), &both, "SMS"),
            (json!([]), &email, "EMAIL"),
            (json!([mechanism(1, "verified_email"), mechanism(2, "verified_phone_number")]), &both, "EMAIL"),
            (json!([mechanism(2, "verified_email"), mechanism(1, "verified_phone_number")]), &both, "SMS"),
            (json!([mechanism(2, "verified_email"), mechanism(1, "verified_phone_number")]), &email, "EMAIL"),
            (json!([mechanism(1, "verified_phone_number")]), &email, "InvalidParameterException"),
            (json!([mechanism(1, "admin_only")]), &both, "NotAuthorizedException"),
        ] {
            let setting =
                if mechanisms == json!([]) { json!({}) } else { json!({"AccountRecoverySetting": {"RecoveryMechanisms": mechanisms}}) };
            let pool = app.pool_with(setting, json!({"PreventUserExistenceErrors": "LEGACY"})).await;
            pool.user_with("alice", attributes.clone()).await;
            let answer = forgot(&pool, "alice").await;
            let found = if answer.status == 200 {
                answer.body["CodeDeliveryDetails"]["DeliveryMedium"].as_str().unwrap().to_owned()
            } else {
                answer.code()
            };
            assert_eq!(found, medium, "{mechanisms}");
        }
        let message = &app.messages_to("a@x.example").await[0];
        assert_eq!(message.body, format!("Your password reset code is {}", message.code.as_deref().unwrap()));
    }

    #[actix_web::test]
    async fn where_only_administrators_reset_everyone_hears_so() {
        let app = TestApp::new().await;
        let only = json!({"AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}});
        let pool = app.pool_with(only, json!({})).await;
        pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
        for name in ["alice", "nobody"] {
            let refused = forgot(&pool, name).await.error();
            assert_eq!(refused, ("NotAuthorizedException".to_owned(), "Contact administrator to reset password.".to_owned()), "{name}");
        }
    }

    #[actix_web::test]
    async fn nobodys_mailbox_is_filled() {
        let app = TestApp::within(Limits { messages: 3, ..Limits::default() }).await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
        for name in ["alice", "bob"] {
            let address = json!({"email": format!("{name}@x.example"), "email_verified": "true"});
            pool.user_with(name, address).await;
        }
        for _ in 0..25 {
            forgot(&pool, "alice").await;
            forgot(&pool, "alice@x.example").await;
            app.advance(Duration::from_secs(60));
        }
        assert_eq!(app.messages_to("alice@x.example").await.len(), 3, "by whichever of her names");
        forgot(&pool, "bob").await.ok();
        assert_eq!(app.messages_to("bob@x.example").await.len(), 1);
    }

    #[actix_web::test]
    async fn a_secret_is_proven_first() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"GenerateSecret": true})).await;
        let refused = forgot(&pool, "alice").await;
        assert_eq!(refused.code(), "NotAuthorizedException");
        assert!(refused.message().ends_with("is configured with secret but SECRET_HASH was not received"), "{}", refused.text);
        let nowhere = json!({"ClientId": "none", "Username": "alice"});
        assert_eq!(app.anonymous().call("ForgotPassword", nowhere).await.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn settings_that_cannot_be_are_refused_and_those_that_can_come_back() {
        let app = TestApp::new().await;
        let mechanism = |priority: i64, name: &str| json!({"Priority": priority, "Name": name});
        let create =
            async |setting: Value| app.admin().call("CreateUserPool", json!({"PoolName": "p", "AccountRecoverySetting": setting})).await;
        let with_admins = create(json!({"RecoveryMechanisms": [mechanism(1, "admin_only"), mechanism(2, "verified_email")]})).await;
        assert_eq!(with_admins.code(), "InvalidParameterException");
        assert!(with_admins.message().contains("cannot use admin_only setting with any other recovery mechanisms"), "{}", with_admins.text);
        let same = create(json!({"RecoveryMechanisms": [mechanism(1, "verified_phone_number"), mechanism(1, "verified_email")]})).await;
        assert_eq!(same.code(), "InvalidParameterException");
        let given = json!({"RecoveryMechanisms": [mechanism(1, "verified_phone_number"), mechanism(2, "verified_email")]});
        let created = create(given.clone()).await.ok()["UserPool"].clone();
        assert_eq!(created["AccountRecoverySetting"], given);
        let pool = json!({"UserPoolId": created["Id"]});
        app.admin().call("UpdateUserPool", pool.clone()).await.ok();
        assert_eq!(
            app.admin().call("DescribeUserPool", pool).await.ok()["UserPool"].get("AccountRecoverySetting"),
            None,
            "what is left out goes"
        );
    }
}
