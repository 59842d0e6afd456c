//! CompleteWebAuthnRegistration: the passkey that a browser made.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::web_authn;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    credential: Value,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    web_authn::complete(cx, &holder, &request.credential).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::crypto::cose::Algorithm;
    use crate::testing::{Answer, TestApp, TestKey, TestPasskey, TestPool};

    async fn options(app: &TestApp, token: &Value) -> Value {
        app.anonymous().call("StartWebAuthnRegistration", json!({"AccessToken": token})).await.ok()["CredentialCreationOptions"].clone()
    }

    async fn complete(app: &TestApp, token: &Value, credential: &Value) -> Answer {
        app.anonymous().call("CompleteWebAuthnRegistration", json!({"AccessToken": token, "Credential": credential})).await
    }

    async fn passkeys(app: &TestApp, token: &Value) -> usize {
        let list = app.anonymous().call("ListWebAuthnCredentials", json!({"AccessToken": token})).await.ok();
        list["Credentials"].as_array().unwrap().len()
    }

    async fn pool_with_passkeys(app: &TestApp) -> TestPool<'_> {
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        pool
    }

    const NOT_FOUND: &str = "WebAuthnChallengeNotFoundException";

    #[actix_web::test]
    async fn a_registration_is_completed_once_and_within_its_minutes() {
        let app = TestApp::new().await;
        let pool = pool_with_passkeys(&app).await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        let mut passkey = TestPasskey::on("example.com");
        let made = passkey.create(&options(&app, &token).await);
        app.advance(Duration::from_secs(300) - Duration::from_millis(1));
        assert_eq!(complete(&app, &token, &made).await.ok(), json!({}));
        assert_eq!(complete(&app, &token, &made).await.code(), NOT_FOUND, "its challenge has served");
        let late = TestPasskey::on("example.com").create(&options(&app, &token).await);
        app.advance(Duration::from_secs(300));
        assert_eq!(complete(&app, &token, &late).await.code(), NOT_FOUND);
        assert_eq!(passkeys(&app, &token).await, 1);
    }

    #[actix_web::test]
    async fn only_the_newest_registration_of_ones_own_is_completed() {
        let app = TestApp::new().await;
        let pool = pool_with_passkeys(&app).await;
        let alice = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        let bob = pool.user("bob").await.signed_in().await["AccessToken"].clone();
        let made = TestPasskey::on("example.com").create(&json!({"challenge": "AAAA"}));
        assert_eq!(complete(&app, &alice, &made).await.code(), NOT_FOUND, "none was begun");
        let first = TestPasskey::on("example.com").create(&options(&app, &alice).await);
        let second = TestPasskey::on("example.com").create(&options(&app, &alice).await);
        options(&app, &bob).await;
        assert_eq!(complete(&app, &bob, &second).await.code(), NOT_FOUND, "another user's");
        assert_eq!(complete(&app, &alice, &first).await.code(), NOT_FOUND, "not the newest");
        assert_eq!(complete(&app, &alice, &second).await.code(), NOT_FOUND, "a wrong answer has spent it");
        let third = TestPasskey::on("example.com").create(&options(&app, &alice).await);
        complete(&app, &alice, &third).await.ok();
    }

    /// M8, told as the model has it.
    #[actix_web::test]
    async fn each_lie_has_its_error() {
        type Lie = fn(&mut TestPasskey);
        let lies: [(&str, Lie); 6] = [
            ("WebAuthnOriginNotAllowedException", |passkey| "https://evil.test".clone_into(&mut passkey.origin)),
            ("WebAuthnRelyingPartyMismatchException", |passkey| "evil.test".clone_into(&mut passkey.relying_party_id)),
            (NOT_FOUND, |passkey| passkey.client_data = json!({"challenge": "AAAA"})),
            ("WebAuthnCredentialNotSupportedException", |passkey| passkey.flags &= !(1 << 2)),
            ("WebAuthnCredentialNotSupportedException", |passkey| passkey.cose = Some(TestKey::of(Algorithm::Es256).cose_naming(-257))),
            ("InvalidParameterException", |passkey| passkey.client_data = json!({"type": "webauthn.get"})),
        ];
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys_with(json!({"RelyingPartyId": "example.com", "UserVerification": "required"})).await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        for (code, lie) in lies {
            let mut passkey = TestPasskey::on("example.com");
            lie(&mut passkey);
            let made = passkey.create(&options(&app, &token).await);
            assert_eq!(complete(&app, &token, &made).await.code(), code);
        }
        options(&app, &token).await;
        let unread = complete(&app, &token, &json!({"id": "AAAA"})).await;
        assert_eq!(unread.error(), ("InvalidParameterException".to_owned(), "Credential data is not valid".to_owned()));
        assert_eq!(passkeys(&app, &token).await, 0);
    }

    #[actix_web::test]
    async fn another_client_does_not_complete_it() {
        let app = TestApp::new().await;
        let pool = pool_with_passkeys(&app).await;
        let alice = pool.user("alice").await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let flows = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]});
        let client = pool.admin("CreateUserPoolClient", flows).await.ok()["UserPoolClient"]["ClientId"].clone();
        let other = TestPool { app: &app, id: pool.id.clone(), client_id: client.as_str().unwrap().into() };
        let signed_in = other.sign_in("alice", crate::testing::PASSWORD).await.ok();
        let other_token = signed_in["AuthenticationResult"]["AccessToken"].clone();
        let made = TestPasskey::on("example.com").create(&options(&app, &token).await);
        assert_eq!(complete(&app, &other_token, &made).await.code(), "WebAuthnClientMismatchException");
        complete(&app, &token, &made).await.ok();
        // A registration goes with the client that it was begun through.
        let made = TestPasskey::on("example.com").create(&options(&app, &other_token).await);
        other.admin("DeleteUserPoolClient", json!({"ClientId": other.client_id})).await.ok();
        assert_eq!(complete(&app, &token, &made).await.code(), NOT_FOUND);
    }

    #[actix_web::test]
    async fn one_passkey_is_registered_once_in_a_pool() {
        let app = TestApp::new().await;
        let pool = pool_with_passkeys(&app).await;
        let mut passkey = TestPasskey::on("example.com");
        let alice = pool.user("alice").await.register(&mut passkey).await;
        let bob = pool.user("bob").await.signed_in().await["AccessToken"].clone();
        for token in [&alice, &bob] {
            let again = passkey.create(&options(&app, token).await);
            let refused = complete(&app, token, &again).await;
            assert_eq!(refused.error(), ("InvalidParameterException".to_owned(), "The passkey is already registered.".to_owned()));
        }
        assert_eq!((passkeys(&app, &alice).await, passkeys(&app, &bob).await), (1, 0));
    }

    #[actix_web::test]
    async fn of_answers_at_once_to_one_challenge_one_is_taken() {
        let app = TestApp::new().await;
        let pool = pool_with_passkeys(&app).await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        let options = options(&app, &token).await;
        let made: Vec<Value> = (0..6).map(|_| TestPasskey::on("example.com").create(&options)).collect();
        let answers = futures_util::future::join_all(made.iter().map(|made| complete(&app, &token, made))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(passkeys(&app, &token).await, 1);
    }

    #[actix_web::test]
    async fn who_is_stopped_in_between_registers_nothing() {
        let app = TestApp::new().await;
        let pool = pool_with_passkeys(&app).await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        let made = TestPasskey::on("example.com").create(&options(&app, &token).await);
        pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(complete(&app, &token, &made).await.code(), "NotAuthorizedException");
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(complete(&app, &token, &made).await.code(), "NotAuthorizedException");
    }
}
