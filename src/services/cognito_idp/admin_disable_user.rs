//! AdminDisableUser: whoever was signed in is signed out, and signs in no more.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

/// Disabling twice is not an error.
pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::UserNotFound)?;
        store::users::set_enabled(tx, &user, false, cx.now()).await?;
        Ok::<_, Error>(store::tokens::revoke_all(tx, &pool.id, &user.id, cx.now()).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{PASSWORD, TestApp, TestPool};

    async fn refresh(pool: &TestPool<'_>, tokens: &Value) -> (String, String) {
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await.error()
    }

    fn not_authorized(message: &str) -> (String, String) {
        ("NotAuthorizedException".to_owned(), message.to_owned())
    }

    #[actix_web::test]
    async fn a_disabled_user_is_refused_at_once_and_signs_in_anew_when_enabled() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        let tokens = alice.signed_in().await;
        for _ in 0..2 {
            pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
        }
        assert_eq!(alice.described().await["Enabled"], false);
        assert_eq!(pool.sign_in("alice", PASSWORD).await.error(), not_authorized("User is disabled."));
        assert_eq!(pool.sign_in("alice", "wrong").await.error(), not_authorized("Incorrect username or password."));
        assert_eq!(refresh(&pool, &tokens).await, not_authorized("User is disabled."));
        for node in [&app, &other] {
            let answer = node.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
            assert_eq!(answer.error(), not_authorized("Access Token has been revoked"));
        }
        for _ in 0..2 {
            pool.admin("AdminEnableUser", json!({"Username": "alice"})).await.ok();
        }
        assert_eq!(refresh(&pool, &tokens).await, not_authorized("Refresh Token has been revoked"), "what was revoked stays so");
        alice.signed_in().await;
    }

    #[actix_web::test]
    async fn who_is_disabled_in_the_midst_of_a_sign_in_does_not_finish_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let temporary = json!({"Username": "alice", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", temporary).await.ok();
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
        let responses = json!({"USERNAME": "alice", "NEW_PASSWORD": "An0ther-pass!"});
        assert_eq!(pool.respond("NEW_PASSWORD_REQUIRED", &session, responses).await.error(), not_authorized("User is disabled."));
    }

    #[actix_web::test]
    async fn only_who_is_there_is_disabled_and_only_by_who_may() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminEnableUser", "Resource": "*"}])).await;
        for operation in ["AdminDisableUser", "AdminEnableUser"] {
            let refused = pool.admin(operation, json!({"Username": "nobody"})).await;
            assert_eq!(refused.error(), ("UserNotFoundException".to_owned(), "User does not exist.".to_owned()));
        }
        let input = json!({"UserPoolId": pool.id, "Username": "alice"});
        assert_eq!(ann.call("AdminDisableUser", input.clone()).await.code(), "AccessDeniedException");
        ann.call("AdminEnableUser", input).await.ok();
    }
}
