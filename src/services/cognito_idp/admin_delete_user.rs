//! AdminDeleteUser: the user and all that is theirs. What identity pools know them by stays, as AWS leaves it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::sign_in::attempts_of;
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

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::UserNotFound)?;
        store::attempts::clear(tx, &pool.id, &attempts_of(cx, &user)).await?;
        Ok::<_, Error>(store::users::delete(tx, &user).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{PASSWORD, TestApp, TestPool};

    async fn found(pool: &TestPool<'_>, filter: &str) -> usize {
        let answer = pool.admin("ListUsers", json!({"Filter": filter})).await.ok();
        answer["Users"].as_array().unwrap().len()
    }

    #[actix_web::test]
    async fn nothing_of_a_deleted_user_is_left_and_their_tokens_are_refused() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
        let address = json!({"email": "a@x.example", "email_verified": "true"});
        let alice = pool.user_with("alice", address.clone()).await;
        let tokens = alice.signed_in().await;
        let sub = alice.described().await["UserAttributes"][0]["Value"].clone();
        pool.admin("AdminDeleteUser", json!({"Username": "A@x.example"})).await.ok();
        for name in [json!("alice"), json!("a@x.example"), sub.clone()] {
            assert_eq!(pool.admin("AdminGetUser", json!({"Username": name})).await.code(), "UserNotFoundException", "{name}");
            assert_eq!(pool.sign_in(name.as_str().unwrap(), PASSWORD).await.message(), "Incorrect username or password.");
        }
        assert_eq!((found(&pool, "email ^= \"a\"").await, found(&pool, "username = \"alice\"").await), (0, 0));
        let get_user = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert_eq!(get_user.message(), "Access Token has been revoked");
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        let refresh = pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await;
        assert_eq!(refresh.message(), "Invalid Refresh Token");
        let again = pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await;
        assert_eq!(again.error(), ("UserNotFoundException".to_owned(), "User does not exist.".to_owned()));
        // The names are free, and who takes them is somebody else.
        let another = pool.user_with("alice", address).await;
        assert_ne!(another.described().await["UserAttributes"][0]["Value"], sub);
        assert_eq!(app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.code(), "NotAuthorizedException");
    }

    #[actix_web::test]
    async fn who_waits_for_a_code_or_is_half_signed_in_is_deleted_like_others() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        let address = json!([{"Name": "email", "Value": "w@x.example"}]);
        let sign_up = json!({"Username": "waiting", "Password": PASSWORD, "UserAttributes": address});
        pool.client("SignUp", sign_up).await.ok();
        let code = app.code_sent_to("w@x.example").await;
        let made = json!({"Username": "made", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
        let session: Value = pool.sign_in("made", PASSWORD).await.ok()["Session"].clone();
        for name in ["waiting", "made"] {
            pool.admin("AdminDeleteUser", json!({"Username": name})).await.ok();
        }
        let confirm = pool.client("ConfirmSignUp", json!({"Username": "waiting", "ConfirmationCode": code})).await;
        assert_eq!(confirm.code(), "CodeMismatchException", "nobody has that name");
        let responses = json!({"USERNAME": "made", "NEW_PASSWORD": "An0ther-pass!"});
        let respond = pool.respond("NEW_PASSWORD_REQUIRED", &session, responses).await;
        assert_eq!(respond.message(), "Invalid session for the user.");
    }

    #[actix_web::test]
    async fn deleting_takes_its_own_permission() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminDisableUser", "Resource": "*"}])).await;
        let refused = ann.call("AdminDeleteUser", json!({"UserPoolId": pool.id, "Username": "alice"})).await;
        assert_eq!(refused.code(), "AccessDeniedException");
    }
}
