//! StartWebAuthnRegistration: what a browser makes a passkey by.

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
}

carries_access_token!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credential_creation_options: Value,
}

pub async fn handle(cx: &Context, holder: Holder, _: Request) -> Result<Response, Error> {
    Ok(Response { credential_creation_options: web_authn::start(cx, &holder).await? })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPasskey};

    async fn start(app: &TestApp, token: &Value) -> crate::testing::Answer {
        app.anonymous().call("StartWebAuthnRegistration", json!({"AccessToken": token})).await
    }

    #[actix_web::test]
    async fn a_browser_is_told_what_to_make() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys_with(json!({"RelyingPartyId": "auth.example.com", "UserVerification": "required"})).await;
        let alice = pool.user("alice").await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let mut options = start(&app, &token).await.ok()["CredentialCreationOptions"].clone();
        let challenge = URL_SAFE_NO_PAD.decode(options["challenge"].take().as_str().unwrap()).unwrap();
        assert_eq!(challenge.len(), 32);
        let sub = alice.described().await["UserAttributes"][0]["Value"].clone();
        let algorithm = |id: i64| json!({"alg": id, "type": "public-key"});
        let expected = json!({
            "rp": {"id": "auth.example.com", "name": "auth.example.com"},
            "user": {"id": URL_SAFE_NO_PAD.encode(sub.as_str().unwrap()), "name": "alice", "displayName": "alice"},
            "challenge": null,
            "pubKeyCredParams": [algorithm(-7), algorithm(-257), algorithm(-8), algorithm(-35)],
            "timeout": 60000,
            "excludeCredentials": [],
            "authenticatorSelection": {"requireResidentKey": true, "residentKey": "required", "userVerification": "required"},
        });
        assert_eq!(options, expected);
        assert_ne!(start(&app, &token).await.ok()["CredentialCreationOptions"]["challenge"], URL_SAFE_NO_PAD.encode(challenge));
    }

    #[actix_web::test]
    async fn a_browser_is_told_of_the_passkeys_that_there_are() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let mut passkey = TestPasskey::on("example.com");
        let token = pool.user("alice").await.register(&mut passkey).await;
        let options = start(&app, &token).await.ok()["CredentialCreationOptions"].clone();
        let known = json!([{"type": "public-key", "id": passkey.id_text(), "transports": ["hybrid", "internal"]}]);
        assert_eq!(options["excludeCredentials"], known);
        // Nobody else is told of them.
        let token = pool.user("bob").await.signed_in().await["AccessToken"].clone();
        assert_eq!(start(&app, &token).await.ok()["CredentialCreationOptions"]["excludeCredentials"], json!([]));
    }

    #[actix_web::test]
    async fn a_pool_without_a_domain_for_passkeys_has_none() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys_with(json!({"UserVerification": "preferred"})).await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        assert_eq!(start(&app, &token).await.code(), "WebAuthnConfigurationMissingException");
    }

    #[actix_web::test]
    async fn a_pool_whose_sign_ins_begin_otherwise_has_none() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}})).await.ok();
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        assert_eq!(start(&app, &token).await.code(), "WebAuthnNotEnabledException");
        let complete = json!({"AccessToken": token, "Credential": {}});
        assert_eq!(app.anonymous().call("CompleteWebAuthnRegistration", complete).await.code(), "WebAuthnNotEnabledException");
    }

    #[actix_web::test]
    async fn a_user_has_twenty_passkeys_and_no_more() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let alice = pool.user("alice").await;
        let mut token = Value::Null;
        for _ in 0..20 {
            token = alice.register(&mut TestPasskey::on("example.com")).await;
        }
        let refused = start(&app, &token).await;
        assert_eq!(refused.error(), ("LimitExceededException".to_owned(), "The user has as many passkeys as a user can have.".to_owned()));
        let list = app.anonymous().call("ListWebAuthnCredentials", json!({"AccessToken": token})).await.ok();
        assert_eq!(list["Credentials"].as_array().unwrap().len(), 20);
        let one = json!({"AccessToken": token, "CredentialId": list["Credentials"][0]["CredentialId"]});
        app.anonymous().call("DeleteWebAuthnCredential", one).await.ok();
        start(&app, &token).await.ok();
    }

    #[actix_web::test]
    async fn whose_sign_in_is_over_or_whose_account_is_stopped_makes_none() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let alice = pool.user("alice").await;
        let token = alice.signed_in().await["AccessToken"].clone();
        assert_eq!(start(&app, &json!("eyJ.e30.AAAA")).await.code(), "NotAuthorizedException");
        pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(start(&app, &token).await.code(), "NotAuthorizedException");
        pool.admin("AdminEnableUser", json!({"Username": "alice"})).await.ok();
        app.anonymous().call("GlobalSignOut", json!({"AccessToken": alice.signed_in().await["AccessToken"]})).await.ok();
        assert_eq!(start(&app, &token).await.message(), "Access Token has been revoked");
    }
}
