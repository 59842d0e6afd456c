//! DeleteWebAuthnCredential: a passkey of the holder's.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::web_authn;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    credential_id: String,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    web_authn::delete(cx, &holder, &request.credential_id).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::store::{template, users};
    use crate::testing::{Answer, TestApp, TestPasskey};

    async fn delete(app: &TestApp, token: &Value, id: &str) -> Answer {
        app.anonymous().call("DeleteWebAuthnCredential", json!({"AccessToken": token, "CredentialId": id})).await
    }

    #[actix_web::test]
    async fn a_user_deletes_their_own_passkey_and_no_other() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let (mut first, mut second) = (TestPasskey::on("example.com"), TestPasskey::on("example.com"));
        let alice = pool.user("alice").await.register(&mut first).await;
        let bob = pool.user("bob").await.register(&mut second).await;
        let missing = ("ResourceNotFoundException".to_owned(), "Passkey not found.".to_owned());
        assert_eq!(delete(&app, &bob, &first.id_text()).await.error(), missing);
        assert_eq!(delete(&app, &alice, "AAAA").await.error(), missing);
        assert_eq!(delete(&app, &alice, &first.id_text()).await.ok(), json!({}));
        assert_eq!(delete(&app, &alice, &first.id_text()).await.error(), missing);
        let left = app.anonymous().call("ListWebAuthnCredentials", json!({"AccessToken": bob})).await.ok();
        assert_eq!(left["Credentials"].as_array().unwrap().len(), 1);
    }

    #[actix_web::test]
    async fn a_users_row_says_whether_there_is_any_left() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let alice = pool.user("alice").await;
        let (mut first, mut second) = (TestPasskey::on("example.com"), TestPasskey::on("example.com"));
        let found = app.app.pool(&pool.id).await.unwrap().unwrap();
        let has = async || app.app.read(async |tx| users::find(tx, &found, "alice").await).await.unwrap().unwrap().has_passkey;
        assert!(!has().await);
        alice.register(&mut first).await;
        let token = alice.register(&mut second).await;
        delete(&app, &token, &first.id_text()).await.ok();
        assert!(has().await);
        delete(&app, &token, &second.id_text()).await.ok();
        assert!(!has().await);
    }

    #[actix_web::test]
    async fn a_sign_in_that_is_over_deletes_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let mut passkey = TestPasskey::on("example.com");
        let token = pool.user("alice").await.register(&mut passkey).await;
        pool.admin("AdminUserGlobalSignOut", json!({"Username": "alice"})).await.ok();
        assert_eq!(delete(&app, &token, &passkey.id_text()).await.message(), "Access Token has been revoked");
    }

    #[actix_web::test]
    async fn passkeys_and_registrations_go_with_their_user_and_their_pool() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let begin = async |token: &Value| app.anonymous().call("StartWebAuthnRegistration", json!({"AccessToken": token})).await.ok();
        for name in ["alice", "bob"] {
            let token = pool.user(name).await.register(&mut TestPasskey::on("example.com")).await;
            begin(&token).await;
        }
        let rows = async || {
            let rows = app.app.read(async |tx| template::rows_of_pool(tx, &pool.id).await).await.unwrap();
            rows.into_iter().filter(|(table, _)| table.starts_with("web_authn")).map(|(_, count)| count).collect::<Vec<_>>()
        };
        assert_eq!(rows().await, [2, 2]);
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(rows().await, [1, 1]);
        pool.admin("DeleteUserPool", json!({})).await.ok();
        assert_eq!(rows().await, [0; 0]);
    }
}
