//! DeleteUser: the token's holder, and all that is theirs.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::sign_in::attempts_of;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

/// Of two who delete at once, the second finds nobody, and nothing is left to do.
pub async fn handle(cx: &Context, holder: Holder, _: Request) -> Result<Response, Error> {
    let user = holder.user;
    cx.write(async |tx| {
        store::attempts::clear(tx, &user.pool_id, &attempts_of(cx, &user)).await?;
        store::users::delete(tx, &user).await
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn who_deletes_themselves_is_gone_and_their_names_are_free() {
        let app = TestApp::new().await;
        let settings = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"],
                              "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
                              "Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}});
        let pool = app.pool_with(settings, json!({})).await;
        let address = json!({"email": "a@x.example", "email_verified": "true"});
        let alice = pool.user_with("alice", address.clone()).await;
        let tokens = alice.signed_in().await;
        let token = tokens["AccessToken"].clone();
        let change = json!({"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": "An0ther-pass!"});
        app.anonymous().call("ChangePassword", change).await.ok();
        let moved = json!({"AccessToken": token, "UserAttributes": [{"Name": "email", "Value": "b@x.example"}]});
        app.anonymous().call("UpdateUserAttributes", moved).await.ok();
        let bob = pool.user("bob").await;
        let deleted = app.anonymous().call("DeleteUser", json!({"AccessToken": token})).await;
        assert_eq!(deleted.ok(), json!({}));
        assert_eq!(pool.admin("AdminGetUser", json!({"Username": "alice"})).await.code(), "UserNotFoundException");
        assert_eq!(app.anonymous().call("DeleteUser", json!({"AccessToken": token})).await.message(), "Access Token has been revoked");
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        let refresh = pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await;
        assert_eq!(refresh.message(), "Invalid Refresh Token");
        pool.user_with("alice", address).await;
        bob.signed_in().await;
    }

    #[actix_web::test]
    async fn only_a_users_own_token_deletes_them() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        for token in [&tokens["IdToken"], &tokens["RefreshToken"], &json!("x")] {
            assert_eq!(app.anonymous().call("DeleteUser", json!({"AccessToken": token})).await.code(), "NotAuthorizedException");
        }
        pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(
            app.anonymous().call("DeleteUser", json!({"AccessToken": tokens["AccessToken"]})).await.code(),
            "NotAuthorizedException"
        );
        pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
    }
}
