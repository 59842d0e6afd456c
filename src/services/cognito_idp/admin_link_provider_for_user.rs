//! AdminLinkProviderForUser: who comes from a provider by an identity is a user who is there already.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::linking;
use crate::kit::id::UserPoolId;
use crate::userpools::linked_identity::IdentityKey;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    destination_user: ProviderUser,
    source_user: ProviderUser,
}

/// ProviderUserIdentifierType.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProviderUser {
    #[serde(default)]
    provider_name: String,
    #[serde(default)]
    provider_attribute_name: String,
    #[serde(default)]
    provider_attribute_value: String,
}

impl From<ProviderUser> for IdentityKey {
    fn from(user: ProviderUser) -> Self {
        Self { provider: user.provider_name, attribute: user.provider_attribute_name, value: user.provider_attribute_value }
    }
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    linking::link(cx, &pool, &request.destination_user.into(), &request.source_user.into()).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use crate::store::{user_identities, users};
    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};
    use crate::userpools::linked_identity::{IdentityKey, LinkedIdentity};
    use crate::userpools::user::UserStatus;

    async fn providers(pool: &TestPool<'_>) {
        let google = json!({"client_id": "c", "client_secret": "s", "authorize_scopes": "email"});
        let oidc = json!({"client_id": "c", "attributes_request_method": "GET", "oidc_issuer": "https://op.example", "authorize_scopes": "openid"});
        for (name, kind, details) in [("Google", "Google", google), ("Corp", "OIDC", oidc)] {
            let input =
                json!({"ProviderName": name, "ProviderType": kind, "ProviderDetails": details, "AttributeMapping": {"email": "email"}});
            pool.admin("CreateIdentityProvider", input).await.ok();
        }
    }

    fn user(provider: &str, attribute: &str, value: &str) -> Value {
        json!({"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value})
    }

    async fn link(pool: &TestPool<'_>, destination: Value, source: Value) -> Answer {
        pool.admin("AdminLinkProviderForUser", json!({"DestinationUser": destination, "SourceUser": source})).await
    }

    fn identities(described: &Value, list: &str) -> Value {
        let found = described[list].as_array().unwrap().iter().find(|attribute| attribute["Name"] == "identities");
        found.map_or(Value::Null, |attribute| serde_json::from_str(attribute["Value"].as_str().unwrap()).unwrap())
    }

    #[actix_web::test]
    async fn a_linked_identity_is_told_by_answers_and_in_tokens() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"ReadAttributes": ["email"]})).await;
        providers(&pool).await;
        let alice = pool.user("alice").await;
        assert_eq!(identities(&alice.described().await, "UserAttributes"), Value::Null);
        link(&pool, user("Cognito", "", "alice"), user("Google", "Cognito_Subject", "g-1")).await.ok();
        let described = alice.described().await;
        assert_eq!(described["UserStatus"], "CONFIRMED");
        let told = identities(&described, "UserAttributes");
        assert_eq!((&told[0]["userId"], &told[0]["providerType"], &told[0]["primary"]), (&json!("g-1"), &json!("Google"), &json!(false)));
        let tokens = alice.signed_in().await;
        let payload = tokens["IdToken"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert_eq!((&claims["identities"][0]["userId"], &claims["identities"][0]["primary"]), (&json!("g-1"), &json!("false")));
        let own = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
        assert_eq!(identities(&own, "UserAttributes"), told);
        // It is nobody's to write.
        let written = json!({"Username": "alice", "UserAttributes": [{"Name": "identities", "Value": "[]"}]});
        assert_eq!(pool.admin("AdminUpdateUserAttributes", written).await.code(), "InvalidParameterException");
        pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": [{"Name": "name", "Value": "A"}]}))
            .await
            .ok();
        assert_eq!(identities(&alice.described().await, "UserAttributes"), told, "another change keeps it");
    }

    #[actix_web::test]
    async fn an_identity_is_one_users() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        providers(&pool).await;
        for name in ["alice", "bob"] {
            pool.user(name).await;
        }
        link(&pool, user("Cognito", "", "alice"), user("Corp", "Cognito_Subject", "s")).await.ok();
        for name in ["alice", "bob"] {
            let again = link(&pool, user("Cognito", "", name), user("Corp", "Cognito_Subject", "s")).await;
            assert_eq!(
                again.error(),
                ("InvalidParameterException".to_owned(), "SourceUser is already linked to DestinationUser".to_owned())
            );
        }
        // The key is the provider and its subject: the same subject of another provider is another.
        link(&pool, user("Cognito", "", "bob"), user("Google", "Cognito_Subject", "s")).await.ok();
        link(&pool, user("Cognito", "", "bob"), user("Corp", "email", "b@x.example")).await.ok();
        link(&pool, user("Cognito", "", "bob"), user("Corp", "Cognito_Subject", "S")).await.ok();
    }

    #[actix_web::test]
    async fn of_many_who_link_an_identity_at_once_one_does() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        providers(&pool).await;
        let names = ["a", "b", "c", "d"];
        for name in names {
            pool.user(name).await;
        }
        let links = names.map(|name| link(&pool, user("Cognito", "", name), user("Google", "Cognito_Subject", "s")));
        let linked = futures_util::future::join_all(links).await.into_iter().filter(|answer| answer.status == 200).count();
        assert_eq!(linked, 1);
    }

    #[actix_web::test]
    async fn what_names_nobody_is_not_linked() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        providers(&pool).await;
        pool.user("alice").await;
        let alice = || user("Cognito", "", "alice");
        for (destination, source, code) in [
            (user("Cognito", "", "nobody"), user("Google", "Cognito_Subject", "s"), "UserNotFoundException"),
            (user("Google", "Cognito_Subject", "nobody"), user("Corp", "Cognito_Subject", "s"), "UserNotFoundException"),
            (alice(), user("Facebook", "Cognito_Subject", "s"), "ResourceNotFoundException"),
            (alice(), user("Cognito", "Cognito_Subject", "s"), "InvalidParameterException"),
            (alice(), user("Google", "email", "a@x.example"), "InvalidParameterException"),
            (alice(), user("Corp", "name", "x"), "InvalidParameterException"),
            (alice(), user("Corp", "Cognito_Subject", ""), "InvalidParameterException"),
            (alice(), user("Corp", "", "s"), "InvalidParameterException"),
            (alice(), user("Corp", "Cognito_Subject", &"x".repeat(513)), "InvalidParameterException"),
            (alice(), json!({}), "InvalidParameterException"),
        ] {
            assert_eq!(link(&pool, destination, source.clone()).await.code(), code, "{source}");
        }
        assert_eq!(identities(&pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok(), "UserAttributes"), Value::Null);
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}])).await;
        let input = json!({"UserPoolId": pool.id, "DestinationUser": alice(), "SourceUser": user("Google", "Cognito_Subject", "s")});
        assert_eq!(ann.call("AdminLinkProviderForUser", input).await.code(), "AccessDeniedException");
    }

    #[actix_web::test]
    async fn a_user_has_five_linked_identities() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        providers(&pool).await;
        let alice = pool.user("alice").await;
        let mut codes = Vec::new();
        for number in 0..6 {
            codes.push(link(&pool, user("Cognito", "", "alice"), user("Corp", "Cognito_Subject", &format!("s{number}"))).await.code());
        }
        assert_eq!(codes, ["", "", "", "", "", "LimitExceededException"]);
        assert_eq!(identities(&alice.described().await, "UserAttributes").as_array().unwrap().len(), 5);
    }

    /// A user as a provider's first sign-in makes them.
    async fn federated(pool: &TestPool<'_>, name: &str, subject: &str) {
        let app = &pool.app.app;
        pool.user(name).await;
        let held = app.pool(&pool.id).await.unwrap().unwrap();
        let make = async |tx: &mut crate::store::Conn| {
            let user = users::find(tx, &held, name).await?.unwrap();
            let identity = LinkedIdentity {
                key: IdentityKey { provider: "Google".into(), attribute: "Cognito_Subject".into(), value: subject.into() },
                user_id: user.id.clone(),
                provider_type: "Google".into(),
                issuer: None,
                is_primary: true,
                created_at: app.now(),
            };
            assert!(user_identities::insert(tx, &held.id, &identity).await?);
            user_identities::take_password(tx, &user, app.now()).await
        };
        app.write(make).await.unwrap();
    }

    #[actix_web::test]
    async fn two_users_are_not_made_one_and_a_federated_one_is_linked_to() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        providers(&pool).await;
        pool.user("alice").await;
        federated(&pool, "google_1", "g-1").await;
        assert_eq!(
            pool.admin("AdminGetUser", json!({"Username": "google_1"})).await.ok()["UserStatus"],
            UserStatus::ExternalProvider.as_str()
        );
        let incorrect = ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned());
        assert_eq!(pool.sign_in("google_1", PASSWORD).await.error(), incorrect);
        let merged = link(&pool, user("Cognito", "", "alice"), user("Google", "Cognito_Subject", "g-1")).await;
        let words = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link";
        assert_eq!(merged.error(), ("InvalidParameterException".to_owned(), words.to_owned()));
        // A federated destination is named by its subject, whatever the attribute is called.
        link(&pool, user("Google", "ignored", "g-1"), user("Corp", "Cognito_Subject", "c-1")).await.ok();
        let described = pool.admin("AdminGetUser", json!({"Username": "google_1"})).await.ok();
        let told = identities(&described, "UserAttributes");
        assert_eq!((&told[0]["primary"], &told[1]["userId"]), (&json!(true), &json!("c-1")));
        // A password makes them a user of the pool as well.
        let password = json!({"Username": "google_1", "Password": PASSWORD, "Permanent": true});
        pool.admin("AdminSetUserPassword", password).await.ok();
        assert_eq!(pool.sign_in("google_1", PASSWORD).await.status, 200);
    }

    #[actix_web::test]
    async fn with_a_user_goes_what_providers_know_them_by() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        providers(&pool).await;
        for name in ["alice", "bob"] {
            pool.user(name).await;
        }
        link(&pool, user("Cognito", "", "alice"), user("Google", "Cognito_Subject", "s")).await.ok();
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        link(&pool, user("Cognito", "", "bob"), user("Google", "Cognito_Subject", "s")).await.ok();
    }
}
