//! SignUp.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, CodeDeliveryDetails, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::flows::auth_events::{self, Of};
use crate::flows::clients::AppClient;
use crate::flows::triggers::Told;
use crate::flows::{sign_in, sign_up};
use crate::kit::id::{ClientId, UserId};
use crate::kit::secret::Secret;
use crate::store::auth_events::{AuthEventType, EventResponse};
use crate::userpools::user::UserStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<String>,
    username: String,
    password: Option<Secret>,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
    validation_data: Option<Vec<Attribute>>,
    client_metadata: Option<BTreeMap<String, String>>,
}

proves_secret_by_username!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_delivery_details: Option<CodeDeliveryDetails>,
    user_sub: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let app_client = app_client.telling(Told::of(request.client_metadata).validating(request.validation_data.map(by_name)));
    let (attributes, address) = (by_name(request.user_attributes), cx.origin.source_ip);
    let (user, delivery) = sign_up::sign_up(cx, &app_client, &request.username, request.password.as_ref(), attributes, address).await?;
    let user_confirmed = user.status == UserStatus::Confirmed;
    let of = Of { pool_id: &user.pool_id, user_id: &user.id, client_id: &app_client.client.id };
    auth_events::note(cx, &cx.origin, of, AuthEventType::SignUp, EventResponse::Pass);
    let session = sign_in::signed_up(cx, &app_client, &user)?;
    Ok(Response { user_confirmed, code_delivery_details: delivery.map(Into::into), user_sub: user.id, session })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPool};

    const PASSWORD: &str = "Pa55word!";

    /// As a keyboard with full-width letters writes it.
    fn full_width(text: &str) -> String {
        let wide = |character: char| char::from_u32(u32::from(character) + 0xfee0).filter(|_| ('!'..='~').contains(&character));
        text.chars().map(|character| wide(character).unwrap_or(character)).collect()
    }

    async fn sign_up(pool: &TestPool<'_>, username: &str, attributes: Value) -> crate::testing::Answer {
        pool.client("SignUp", json!({"Username": username, "Password": PASSWORD, "UserAttributes": attributes})).await
    }

    fn attribute(name: &str, value: &str) -> Value {
        json!([{"Name": name, "Value": value}])
    }

    #[actix_web::test]
    async fn nobody_signs_up_by_anothers_name_in_another_dress() {
        let app = TestApp::new().await;
        for configuration in [json!({}), json!({"UsernameConfiguration": {"CaseSensitive": false}})] {
            let mut settings = configuration.as_object().unwrap().clone();
            settings.insert("AliasAttributes".into(), json!(["email", "phone_number"]));
            let pool = app.pool_with(Value::Object(settings), json!({})).await;
            let verified = json!({"email": "victim@x.example", "email_verified": "true", "phone_number": "+15555550100",
                                  "phone_number_verified": "true"});
            let victim = pool.user_with("victim", verified).await;
            let sub = victim.described().await["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
            let dresses = [
                "victim\u{ff20}x.example".to_owned(),
                full_width("victim@x.example"),
                "VICTIM@x.example".to_owned(),
                full_width("+15555550100"),
                sub.to_uppercase(),
                full_width(&sub),
                full_width(&sub.to_uppercase()),
            ];
            for name in &dresses {
                assert_eq!(sign_up(&pool, name, json!([])).await.code(), "InvalidParameterException", "{name}");
                let created = pool.admin("AdminCreateUser", json!({"Username": name, "MessageAction": "SUPPRESS"})).await;
                assert_eq!(created.code(), "InvalidParameterException", "{name}");
            }
            for name in ["victim".to_owned(), full_width("victim")] {
                assert_eq!(sign_up(&pool, &name, json!([])).await.code(), "UsernameExistsException", "{name}");
            }
            // The refusal is no oracle: an address that nobody has is refused alike.
            for (taken, free) in [(&dresses[0], "nobody\u{ff20}x.example"), (&dresses[5], "０１２３abcd-4567-4abc-8def-0123456789ab")] {
                assert_eq!(sign_up(&pool, taken, json!([])).await.error(), sign_up(&pool, free, json!([])).await.error());
            }
            for name in ["victim", "victim@x.example", "Victim@X.example", "+15555550100", &sub, &dresses[0], &dresses[6]] {
                let found = pool.admin("AdminGetUser", json!({"Username": name})).await.ok();
                assert_eq!(found["Username"], "victim", "{name}");
            }
        }
    }

    #[actix_web::test]
    async fn names_with_characters_that_are_not_seen_are_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for name in ["al\u{34f}ice", "al\u{3164}ice", "alice\u{fe0f}"] {
            assert_eq!(sign_up(&pool, name, json!([])).await.code(), "InvalidParameterException", "{name:?}");
        }
        assert_eq!(sign_up(&pool, &"\u{fdfa}".repeat(128), json!([])).await.code(), "InvalidParameterException");
    }

    /// S6: spaces around a name, and passwords that are one up to where some hashes end.
    #[actix_web::test]
    async fn no_space_and_no_cut_makes_two_of_one_or_one_of_two() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        for name in ["alice ", " alice", "alice\u{a0}", "al ice"] {
            assert_eq!(sign_up(&pool, name, json!([])).await.code(), "InvalidParameterException", "{name:?}");
            assert_ne!(pool.sign_in(name, PASSWORD).await.status, 200, "{name:?}");
        }
        let common = format!("Pa55word!{}", "x".repeat(63));
        assert_eq!(common.len(), 72);
        let of = |name: &str, password: &str| json!({"Username": name, "Password": password, "Permanent": true});
        let set = async |password: &str| pool.admin("AdminSetUserPassword", of("alice", password)).await.code();
        assert_eq!(set(&format!("{common}one")).await, "");
        for other in [common.clone(), format!("{common}two"), format!("{common}one\u{0}"), format!("{common}one ")] {
            assert_ne!(pool.sign_in("alice", &other).await.status, 200, "{other:?}");
        }
        pool.sign_in("alice", &format!("{common}one")).await.ok();
        for long in [257, 10_000] {
            let refused = set(&format!("Pa55word!{}", "x".repeat(long - 9))).await;
            assert!(["InvalidParameterException", "InvalidPasswordException"].contains(&refused.as_str()), "{long}: {refused}");
        }
        assert_eq!(set("Pa55word!\u{0}").await, "SerializationException");
        assert_eq!(set("Pa55word!e\u{301}").await, "");
        pool.sign_in("alice", "Pa55word!\u{e9}").await.ok();
        pool.sign_in("alice", "Pa55word!e\u{301}").await.ok();
        assert_ne!(pool.sign_in("alice", "Pa55word!e").await.status, 200);
    }

    #[actix_web::test]
    async fn a_name_beyond_all_length_is_nobodys() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let bomb = "\u{fdfa}".repeat(131_072);
        for (name, password) in [(bomb.as_str(), PASSWORD), ("alice", bomb.as_str())] {
            let refused = pool.sign_in(name, password).await.code();
            assert_eq!(refused, if password == PASSWORD { "InvalidParameterException" } else { "NotAuthorizedException" });
        }
    }

    #[actix_web::test]
    async fn an_address_that_nobody_has_verified_is_kept_from_nobody() {
        let app = TestApp::new().await;
        let by_address = app.pool_with(json!({"UsernameAttributes": ["email", "phone_number"]}), json!({})).await;
        sign_up(&by_address, "mallory@x.example", attribute("phone_number", "+15555550100")).await.ok();
        sign_up(&by_address, "+15555550100", json!([])).await.ok();
        assert_eq!(sign_up(&by_address, "Mallory@x.example", json!([])).await.code(), "UsernameExistsException");
        let aliases = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
        let aliased = app.pool_with(aliases, json!({})).await;
        sign_up(&aliased, "mallory", attribute("email", "victim@y.example")).await.ok();
        app.advance(Duration::from_secs(1));
        sign_up(&aliased, "victim", attribute("email", "victim@y.example")).await.ok();
        let code = app.code_sent_to("victim@y.example").await;
        aliased.client("ConfirmSignUp", json!({"Username": "victim", "ConfirmationCode": code})).await.ok();
        let found = aliased.admin("AdminGetUser", json!({"Username": "Victim@y.example"})).await.ok();
        assert_eq!(found["Username"], "victim");
    }

    #[actix_web::test]
    async fn who_signs_up_by_an_address_has_no_other_of_that_kind() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UsernameAttributes": ["email", "phone_number"]}), json!({})).await;
        let words = "User email should be empty or same as username, since username attribute is email";
        let refused = ("InvalidParameterException".to_owned(), words.to_owned());
        let another = attribute("email", "b@x.example");
        assert_eq!(sign_up(&pool, "a@x.example", another.clone()).await.error(), refused);
        let create = json!({"Username": "a@x.example", "UserAttributes": another, "MessageAction": "SUPPRESS"});
        assert_eq!(pool.admin("AdminCreateUser", create).await.error(), refused);
        let another = attribute("phone_number", "+15555550101");
        assert_eq!(sign_up(&pool, "+15555550100", another).await.code(), "InvalidParameterException");
        for (name, email) in [("a@x.example", "A@X.example"), ("c@x.example", "c@x.example"), ("d@x.example", "")] {
            sign_up(&pool, name, attribute("email", email)).await.ok();
            let made = pool.admin("AdminGetUser", json!({"Username": name})).await.ok();
            assert!(made["UserAttributes"].as_array().unwrap().contains(&json!({"Name": "email", "Value": name})), "{made}");
        }
        sign_up(&pool, "+15555550100", attribute("email", "e@x.example")).await.ok();
    }

    #[actix_web::test]
    async fn a_verified_address_moves_only_by_force() {
        let app = TestApp::new().await;
        let settings = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
        let pool = app.pool_with(settings, json!({"PreventUserExistenceErrors": "LEGACY"})).await;
        pool.user_with("first", json!({"email": "a@x.example", "email_verified": "true"})).await;
        sign_up(&pool, "second", attribute("email", "A@x.example")).await.ok();
        let confirm = json!({"Username": "second", "ConfirmationCode": app.code_sent_to("A@x.example").await});
        assert_eq!(pool.client("ConfirmSignUp", confirm.clone()).await.code(), "AliasExistsException");
        let owner = async || pool.admin("AdminGetUser", json!({"Username": "a@x.example"})).await.ok()["Username"].clone();
        assert_eq!(owner().await, "first");
        let mut forced = confirm;
        forced["ForceAliasCreation"] = json!(true);
        pool.client("ConfirmSignUp", forced).await.ok();
        assert_eq!(owner().await, "second");
        pool.admin("AdminGetUser", json!({"Username": "first"})).await.ok();
    }

    #[actix_web::test]
    async fn what_only_triggers_read_is_taken_and_what_is_not_built_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let heard = json!({"Username": "alice", "Password": PASSWORD, "ClientMetadata": {"a": "b"}, "ValidationData": attribute("a", "b"),
                           "AnalyticsMetadata": {"AnalyticsEndpointId": "x"}, "UserContextData": {"IpAddress": "192.0.2.1"}});
        pool.client("SignUp", heard).await.ok();
        for (operation, input) in
            [("InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD}}))]
        {
            let mut with_session = input;
            with_session["Session"] = json!("x".repeat(20));
            let refused = pool.client(operation, with_session).await.error();
            assert_eq!(refused, ("InvalidParameterException".to_owned(), "Session is not supported".to_owned()), "{operation}");
        }
    }

    #[actix_web::test]
    async fn who_is_made_while_the_pool_is_deleted_leaves_nothing_behind() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        for round in 0..6 {
            let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
            // The other node holds the pool and its client in memory.
            let elsewhere = |operation: &'static str, input: Value| {
                let (caller, input) = (other.anonymous(), merged(json!({"ClientId": pool.client_id}), input));
                async move { caller.call(operation, input).await }
            };
            elsewhere("ResendConfirmationCode", json!({"Username": "nobody"})).await.ok();
            let signing_up = (0..4).map(|number| {
                let name = format!("user{round}x{number}");
                let attributes = attribute("email", &format!("{name}@x.example"));
                elsewhere("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes}))
            });
            let confirming = (0..4)
                .map(|number| elsewhere("ConfirmSignUp", json!({"Username": format!("ghost{number}"), "ConfirmationCode": "000000"})));
            let creating = (0..4).map(|number| pool.admin("AdminCreateUser", json!({"Username": format!("made{number}")})));
            let deleting = async {
                tokio::time::sleep(Duration::from_millis(round * 3)).await;
                pool.admin("DeleteUserPool", json!({})).await.ok();
            };
            let ((signed_up, created), (confirmed, ())) = futures_util::future::join(
                futures_util::future::join(futures_util::future::join_all(signing_up), futures_util::future::join_all(creating)),
                futures_util::future::join(futures_util::future::join_all(confirming), deleting),
            )
            .await;
            for answer in signed_up.into_iter().chain(created) {
                assert!(answer.status == 200 || answer.code() == "ResourceNotFoundException", "{}", answer.text);
            }
            for answer in confirmed {
                assert!(["CodeMismatchException", "ResourceNotFoundException"].contains(&answer.code().as_str()), "{}", answer.text);
            }
            // A node that has not heard of the deletion yet finds out when it acts.
            let late = elsewhere("SignUp", json!({"Username": "late", "Password": PASSWORD})).await;
            assert_eq!(late.code(), "ResourceNotFoundException", "{}", late.text);
            let left = app.app.read(async |tx| crate::store::template::rows_of_pool(tx, &pool.id).await).await.unwrap();
            assert_eq!(left, [], "round {round}");
        }
    }

    #[actix_web::test]
    async fn a_sign_in_while_the_pool_is_deleted_is_no_failure_of_ours() {
        let app = TestApp::new().await;
        for round in 0..4 {
            let pool = app.pool().await;
            pool.user("alice").await;
            let signing_in = (0..6).map(|_| pool.sign_in("alice", PASSWORD));
            let deleting = async {
                tokio::time::sleep(Duration::from_millis(round * 2)).await;
                pool.admin("DeleteUserPool", json!({})).await.ok();
            };
            let (answers, ()) = futures_util::future::join(futures_util::future::join_all(signing_in), deleting).await;
            for answer in answers {
                assert_ne!(answer.status, 500, "{}", answer.text);
            }
        }
    }

    fn merged(mut base: Value, more: Value) -> Value {
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    }
}
