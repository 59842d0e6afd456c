//! AdminDisableProviderForUser: a linked identity is a user's no more, or a user of the pool has no password any more.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::admin_link_provider_for_user::ProviderUser;
use super::errors::Error;
use crate::context::Context;
use crate::flows::linking;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    user: ProviderUser,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    linking::disable(cx, &pool, &request.user.into()).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{PASSWORD, TestApp, TestPool};

    fn user(provider: &str, attribute: &str, value: &str) -> Value {
        json!({"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value})
    }

    async fn linked(pool: &TestPool<'_>) {
        let details = json!({"client_id": "c", "client_secret": "s", "authorize_scopes": "email"});
        pool.admin("CreateIdentityProvider", json!({"ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details}))
            .await
            .ok();
        let input = json!({"DestinationUser": user("Cognito", "", "alice"), "SourceUser": user("Google", "Cognito_Subject", "s")});
        pool.admin("AdminLinkProviderForUser", input).await.ok();
    }

    #[actix_web::test]
    async fn an_identity_that_is_taken_away_is_told_no_more_and_ends_sign_ins() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        linked(&pool).await;
        let tokens = alice.signed_in().await;
        let disable = async |key: Value| pool.admin("AdminDisableProviderForUser", json!({"User": key})).await;
        disable(user("Google", "Cognito_Subject", "s")).await.ok();
        assert!(!alice.described().await.to_string().contains("identities"));
        let own = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert_eq!(own.error(), ("NotAuthorizedException".to_owned(), "Access Token has been revoked".to_owned()));
        alice.signed_in().await;
        assert_eq!(disable(user("Google", "Cognito_Subject", "s")).await.code(), "UserNotFoundException");
    }

    #[actix_web::test]
    async fn a_user_of_the_pool_itself_has_no_password_any_more() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        linked(&pool).await;
        let tokens = alice.signed_in().await;
        pool.admin("AdminDisableProviderForUser", json!({"User": user("Cognito", "Cognito_Subject", "alice")})).await.ok();
        let described = alice.described().await;
        assert_eq!(described["UserStatus"], "EXTERNAL_PROVIDER");
        assert!(described.to_string().contains("Google"), "the provider's identity stays");
        let incorrect = ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned());
        assert_eq!(pool.sign_in("alice", PASSWORD).await.error(), incorrect);
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        let refresh = pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await;
        assert_eq!(refresh.code(), "NotAuthorizedException");
        let listed = pool.admin("ListUsers", json!({"Filter": "cognito:user_status = \"EXTERNAL_PROVIDER\""})).await.ok();
        assert_eq!(listed["Users"][0]["Username"], "alice");
    }

    #[actix_web::test]
    async fn a_sign_in_under_way_ends_with_the_password_that_it_rests_on() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let temporary = json!({"Username": "alice", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", temporary).await.ok();
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        pool.admin("AdminDisableProviderForUser", json!({"User": user("Cognito", "Cognito_Subject", "alice")})).await.ok();
        let answer = pool.respond("NEW_PASSWORD_REQUIRED", &session, json!({"USERNAME": "alice", "NEW_PASSWORD": "An0ther-pass!"})).await;
        assert_eq!(answer.error(), ("NotAuthorizedException".to_owned(), "Invalid session for the user.".to_owned()));
    }

    #[actix_web::test]
    async fn only_what_is_there_is_taken_away_and_only_by_who_may() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        linked(&pool).await;
        for (key, code) in [
            (user("Cognito", "Cognito_Subject", "nobody"), "UserNotFoundException"),
            (user("Cognito", "email", "alice"), "InvalidParameterException"),
            (user("Google", "Cognito_Subject", "other"), "UserNotFoundException"),
            (user("Google", "email", "s"), "UserNotFoundException"),
            (user("Facebook", "Cognito_Subject", "s"), "ResourceNotFoundException"),
            (user("Google", "Cognito_Subject", ""), "InvalidParameterException"),
        ] {
            let answer = pool.admin("AdminDisableProviderForUser", json!({"User": key})).await;
            assert_eq!(answer.code(), code, "{key}");
        }
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}])).await;
        let input = json!({"UserPoolId": pool.id, "User": user("Google", "Cognito_Subject", "s")});
        assert_eq!(ann.call("AdminDisableProviderForUser", input).await.code(), "AccessDeniedException");
    }
}
