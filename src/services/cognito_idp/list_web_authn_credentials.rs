//! ListWebAuthnCredentials, paged: the holder's passkeys, the oldest first.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::web_authn;
use crate::kit::clock::Timestamp;
use crate::store::web_authn::Place;
use crate::userpools::web_authn::{MOST_OF_A_USER, WebAuthnCredential};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

carries_access_token!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credentials: Vec<Described>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// WebAuthnCredentialDescription.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    credential_id: String,
    friendly_credential_name: String,
    relying_party_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticator_attachment: Option<String>,
    authenticator_transports: Vec<String>,
    created_at: Timestamp,
}

impl From<WebAuthnCredential> for Described {
    fn from(credential: WebAuthnCredential) -> Self {
        Self {
            credential_id: credential.id,
            friendly_credential_name: credential.friendly_name,
            relying_party_id: credential.relying_party_id,
            authenticator_attachment: credential.attachment,
            authenticator_transports: credential.transports,
            created_at: credential.created_at,
        }
    }
}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let place = ["ListWebAuthnCredentials", holder.user.pool_id.as_str(), holder.user.id.as_str()];
    // Zero, which the model allows, asks for as many as there can be.
    let limit = request.max_results.filter(|limit| *limit > 0).unwrap_or(MOST_OF_A_USER);
    let asked = Asked::of(request.next_token.as_deref(), Some(limit));
    let after = read(&asked.after(cx, &place)?);
    let credentials = web_authn::list(cx, &holder, &after, asked.read()).await?;
    let (credentials, next_token) = asked.cut(cx, &place, credentials, write)?;
    Ok(Response { credentials: credentials.into_iter().map(Described::from).collect(), next_token })
}

fn write(last: &WebAuthnCredential) -> String {
    format!("{} {}", last.created_at.millis(), last.id)
}

/// The place that [`write`] wrote; the beginning, where there was no token.
fn read(text: &str) -> Place {
    let place = text
        .split_once(' ')
        .and_then(|(created_at, id)| Some(Place { created_at: Timestamp::from_millis(created_at.parse().ok()?), id: id.to_owned() }));
    place.unwrap_or(Place::BEGINNING)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{Answer, TestApp, TestPasskey};

    async fn list(app: &TestApp, token: &Value, more: Value) -> Answer {
        let mut input = json!({"AccessToken": token});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.anonymous().call("ListWebAuthnCredentials", input).await
    }

    #[actix_web::test]
    async fn a_user_sees_their_own_passkeys_and_what_they_are() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let mut passkey = TestPasskey::on("example.com");
        let token = pool.user("alice").await.register(&mut passkey).await;
        let expected = json!({"Credentials": [{
            "CredentialId": passkey.id_text(), "FriendlyCredentialName": "Device passkey", "RelyingPartyId": "example.com",
            "AuthenticatorAttachment": "platform", "AuthenticatorTransports": ["hybrid", "internal"], "CreatedAt": 1_800_000_000.0,
        }]});
        assert_eq!(list(&app, &token, json!({})).await.ok(), expected);
        let token = pool.user("bob").await.signed_in().await["AccessToken"].clone();
        assert_eq!(list(&app, &token, json!({})).await.ok(), json!({"Credentials": []}));
    }

    #[actix_web::test]
    async fn pages_follow_one_another_by_tokens_that_serve_their_user_alone() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.allow_passkeys().await;
        let alice = pool.user("alice").await;
        let (mut token, mut made) = (Value::Null, Vec::new());
        for round in 0..5 {
            let mut passkey = TestPasskey::on("example.com");
            // Two of one moment.
            app.advance(Duration::from_secs(if round == 2 { 0 } else { 1 }));
            token = alice.register(&mut passkey).await;
            made.push(passkey.id_text());
        }
        let (mut found, mut next) = (Vec::new(), json!(null));
        for _ in 0..3 {
            let page = list(&app, &token, json!({"MaxResults": 2, "NextToken": next})).await.ok();
            found.extend(page["Credentials"].as_array().unwrap().iter().map(|one| one["CredentialId"].as_str().unwrap().to_owned()));
            next = page["NextToken"].clone();
        }
        assert_eq!(next, Value::Null);
        found[1..3].sort();
        made[1..3].sort();
        assert_eq!(found, made);
        assert_eq!(list(&app, &token, json!({"MaxResults": 0})).await.ok()["Credentials"].as_array().unwrap().len(), 5);
        assert_eq!(list(&app, &token, json!({"MaxResults": 21})).await.code(), "InvalidParameterException");
        let page = list(&app, &token, json!({"MaxResults": 1})).await.ok()["NextToken"].clone();
        let bob = pool.user("bob").await.signed_in().await["AccessToken"].clone();
        for next in [page, json!("AAAA")] {
            let refused = list(&app, &bob, json!({"NextToken": next})).await;
            assert_eq!(refused.error(), ("InvalidParameterException".to_owned(), "Invalid NextToken.".to_owned()));
        }
    }

    #[actix_web::test]
    async fn who_brings_no_token_of_a_sign_in_that_goes_on_sees_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        assert_eq!(list(&app, &tokens["IdToken"], json!({})).await.code(), "NotAuthorizedException");
        app.anonymous().call("GlobalSignOut", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
        assert_eq!(list(&app, &tokens["AccessToken"], json!({})).await.message(), "Access Token has been revoked");
    }
}
