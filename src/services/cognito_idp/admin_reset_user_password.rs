//! AdminResetUserPassword: the user signs in no more until a code that goes to them leads to a new password.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::recover;
use crate::flows::triggers::{Through, Told};
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    client_metadata: Option<BTreeMap<String, String>>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let told = Told::of(request.client_metadata);
    recover::reset_by_administrator(cx, Through::administrator(&pool, &told), &request.username).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    fn verified() -> serde_json::Value {
        json!({"email": "a@x.example", "email_verified": "true"})
    }

    #[actix_web::test]
    async fn who_is_reset_is_signed_out_and_signs_in_by_a_new_password_only() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user_with("alice", verified()).await;
        let tokens = alice.signed_in().await;
        let old = app.messages_to("a@x.example").await.len();
        for _ in 0..2 {
            assert_eq!(pool.admin("AdminResetUserPassword", json!({"Username": "alice"})).await.ok(), json!({}));
        }
        assert_eq!((old, app.messages_to("a@x.example").await.len()), (0, 2));
        assert_eq!(app.messages_to("a@x.example").await[0].trigger_source, "CustomMessage_ForgotPassword");
        assert_eq!(alice.described().await["UserStatus"], "RESET_REQUIRED");
        let found = pool.admin("ListUsers", json!({"Filter": "cognito:user_status = \"RESET_REQUIRED\""})).await.ok();
        assert_eq!(found["Users"][0]["Username"], "alice");
        let sign_in = pool.sign_in("alice", PASSWORD).await;
        assert_eq!(sign_in.error(), ("PasswordResetRequiredException".to_owned(), "Password reset required for the user".to_owned()));
        assert_eq!(pool.sign_in("alice", "wrong").await.message(), "Incorrect username or password.");
        let shown = app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert_eq!(shown.message(), "Access Token has been revoked");
        let change = json!({"AccessToken": tokens["AccessToken"], "PreviousPassword": PASSWORD, "ProposedPassword": "An0ther-pass!"});
        assert_eq!(app.anonymous().call("ChangePassword", change).await.code(), "NotAuthorizedException");
        // The codes were sent at one moment, so that which is the newer one only their order at rest would tell: ask for another.
        pool.client("ForgotPassword", json!({"Username": "alice"})).await.ok();
        app.advance(std::time::Duration::from_secs(1));
        pool.client("ForgotPassword", json!({"Username": "alice"})).await.ok();
        let code = app.code_sent_to("a@x.example").await;
        let confirm = json!({"Username": "alice", "ConfirmationCode": code, "Password": "An0ther-pass!"});
        pool.client("ConfirmForgotPassword", confirm).await.ok();
        assert_eq!(alice.described().await["UserStatus"], "CONFIRMED");
        assert!(pool.sign_in("alice", "An0ther-pass!").await.ok()["AuthenticationResult"].is_object());
    }

    #[actix_web::test]
    async fn who_cannot_get_a_code_is_not_reset() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user_with("unverified", json!({"email": "u@x.example"})).await;
        pool.user_with("disabled", verified()).await;
        pool.admin("AdminDisableUser", json!({"Username": "disabled"})).await.ok();
        let made = json!({"Username": "made", "MessageAction": "SUPPRESS", "UserAttributes": [{"Name": "email", "Value": "m@x.example"}]});
        pool.admin("AdminCreateUser", made).await.ok();
        let reset = async |name: &str| pool.admin("AdminResetUserPassword", json!({"Username": name})).await;
        for (name, code, message) in [
            (
                "unverified",
                "InvalidParameterException",
                "Cannot reset password for the user as there is no registered/verified email or phone_number",
            ),
            ("disabled", "NotAuthorizedException", "User is disabled."),
            ("made", "NotAuthorizedException", "User password cannot be reset in the current state."),
            ("nobody", "UserNotFoundException", "User does not exist."),
        ] {
            assert_eq!(reset(name).await.error(), (code.to_owned(), message.to_owned()), "{name}");
        }
        pool.sign_in("unverified", PASSWORD).await.ok();
        let only = json!({"AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}});
        let admins = app.pool_with(only, json!({})).await;
        admins.user_with("alice", verified()).await;
        let refused = admins.admin("AdminResetUserPassword", json!({"Username": "alice"})).await;
        assert_eq!(refused.error(), ("NotAuthorizedException".to_owned(), "Contact administrator to reset password.".to_owned()));
    }

    #[actix_web::test]
    async fn resetting_takes_its_own_permission() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user_with("alice", verified()).await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminSetUserPassword", "Resource": "*"}])).await;
        let refused = ann.call("AdminResetUserPassword", json!({"UserPoolId": pool.id, "Username": "alice"})).await;
        assert_eq!(refused.code(), "AccessDeniedException");
    }
}
