//! GetTokensFromRefreshToken: new tokens of a sign-in that goes on, and the refresh token that follows, where they rotate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::auth_answer::AuthenticationResult;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::refresh;
use crate::flows::triggers::Told;
use crate::flows::whence::Whence;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::operation::{OfClient, Proof};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    refresh_token: String,
    client_id: ClientId,
    client_secret: Option<Secret>,
    device_key: Option<String>,
    client_metadata: Option<BTreeMap<String, String>>,
}

impl OfClient for Request {
    fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::Secret(self.client_secret.as_ref())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    authentication_result: AuthenticationResult,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let app_client = app_client.telling(Told::of(request.client_metadata));
    let whence = Whence::admitted(cx, &app_client, &cx.origin, cx.origin.source_ip, request.device_key.as_deref()).await?;
    let tokens = refresh::exchange(cx, &app_client, &request.refresh_token, whence).await?;
    Ok(Response { authentication_result: tokens.into() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join_all;
    use serde_json::{Value, json};

    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    async fn rotating(app: &TestApp, grace: u32) -> TestPool<'_> {
        let rotation = json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": grace});
        app.pool_with(json!({}), json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": rotation})).await
    }

    async fn exchange(pool: &TestPool<'_>, token: &Value) -> Answer {
        pool.client("GetTokensFromRefreshToken", json!({"RefreshToken": token})).await
    }

    async fn first(pool: &TestPool<'_>) -> Value {
        pool.user("alice").await.signed_in().await["RefreshToken"].clone()
    }

    fn refresh_token(answer: Answer) -> Value {
        answer.ok()["AuthenticationResult"]["RefreshToken"].clone()
    }

    fn reused() -> (String, String) {
        ("RefreshTokenReuseException".to_owned(), "Refresh Token has been reused".to_owned())
    }

    fn refused(message: &str) -> (String, String) {
        ("NotAuthorizedException".to_owned(), message.to_owned())
    }

    #[actix_web::test]
    async fn each_refresh_token_serves_once_and_the_next_one_follows_it() {
        let app = TestApp::new().await;
        let pool = rotating(&app, 0).await;
        let mut token = first(&pool).await;
        let mut seen = vec![token.clone()];
        for _ in 0..3 {
            let result = exchange(&pool, &token).await.ok()["AuthenticationResult"].clone();
            assert_eq!(result["ExpiresIn"], 3600);
            let user = app.anonymous().call("GetUser", json!({"AccessToken": result["AccessToken"]})).await.ok();
            assert_eq!(user["Username"], "alice");
            token = result["RefreshToken"].clone();
            assert!(!seen.contains(&token));
            seen.push(token.clone());
        }
        let flow = json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}});
        let refused = pool.client("InitiateAuth", flow).await;
        assert_eq!(refused.message(), "REFRESH_TOKEN_AUTH flow not enabled for this client");
        exchange(&pool, &token).await.ok();
    }

    #[actix_web::test]
    async fn a_token_that_is_used_again_ends_the_sign_in_however_old_it_is() {
        let app = TestApp::new().await;
        for used_again in 0..3 {
            let pool = rotating(&app, 0).await;
            let mut tokens = vec![first(&pool).await];
            let mut access = Value::Null;
            for _ in 0..3 {
                let result = exchange(&pool, tokens.last().unwrap()).await.ok()["AuthenticationResult"].clone();
                tokens.push(result["RefreshToken"].clone());
                access = result["AccessToken"].clone();
            }
            assert_eq!(exchange(&pool, &tokens[used_again]).await.error(), reused());
            assert_eq!(exchange(&pool, &tokens[3]).await.error(), refused("Refresh Token has been revoked"), "the newest is dead");
            let get = app.anonymous().call("GetUser", json!({"AccessToken": access})).await;
            assert_eq!(get.error(), refused("Access Token has been revoked"));
            assert_eq!(exchange(&pool, &tokens[used_again]).await.error(), reused(), "and it stays what it is");
        }
    }

    #[actix_web::test]
    async fn of_six_at_once_one_wins() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        let pool = rotating(&app, 0).await;
        let token = first(&pool).await;
        let input = json!({"ClientId": pool.client_id, "RefreshToken": token});
        let call = async |node: &TestApp| node.anonymous().call("GetTokensFromRefreshToken", input.clone()).await;
        let calls = [&app, &other, &app, &other, &app, &other].map(call);
        let mut codes: Vec<String> = join_all(calls).await.into_iter().map(|answer| answer.code()).collect();
        codes.sort();
        assert_eq!(codes[0], "");
        assert!(codes[1..].iter().all(|code| code == "RefreshTokenReuseException"), "{codes:?}");
    }

    #[actix_web::test]
    async fn in_the_grace_a_retry_gets_the_same_successor() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        let pool = rotating(&app, 10).await;
        let token = first(&pool).await;
        let calls = (0..6).map(|_| exchange(&pool, &token));
        let mut next: Vec<String> = join_all(calls).await.into_iter().map(|answer| refresh_token(answer).to_string()).collect();
        next.dedup();
        assert_eq!(next.len(), 1, "one successor");
        app.advance(Duration::from_secs(9));
        let input = json!({"ClientId": pool.client_id, "RefreshToken": token});
        let elsewhere = other.anonymous().call("GetTokensFromRefreshToken", input).await;
        let second = refresh_token(elsewhere);
        assert_eq!(second.to_string(), next[0]);
        // The successor goes on; then the one before it has its grace, and the one before that has none.
        let third = refresh_token(exchange(&pool, &second).await);
        assert_eq!(refresh_token(exchange(&pool, &second).await), third);
        assert_eq!(exchange(&pool, &token).await.error(), reused());
        assert_eq!(exchange(&pool, &third).await.error(), refused("Refresh Token has been revoked"));
    }

    #[actix_web::test]
    async fn the_grace_ends_by_the_clock() {
        let app = TestApp::new().await;
        let pool = rotating(&app, 10).await;
        let token = first(&pool).await;
        let next = refresh_token(exchange(&pool, &token).await);
        app.advance(Duration::from_secs(10));
        assert_eq!(exchange(&pool, &token).await.error(), reused());
        assert_eq!(exchange(&pool, &next).await.error(), refused("Refresh Token has been revoked"));
    }

    #[actix_web::test]
    async fn rotation_lengthens_no_sign_in() {
        let app = TestApp::new().await;
        let rotation = json!({"Feature": "ENABLED"});
        let client =
            json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": rotation, "RefreshTokenValidity": 2});
        let pool = app.pool_with(json!({}), client).await;
        let mut token = first(&pool).await;
        for _ in 0..2 {
            app.advance(Duration::from_secs(24 * 3600 - 1));
            token = refresh_token(exchange(&pool, &token).await);
        }
        app.advance(Duration::from_secs(2));
        assert_eq!(exchange(&pool, &token).await.error(), refused("Refresh Token has expired"));
    }

    #[actix_web::test]
    async fn what_nobody_was_given_ends_no_sign_in() {
        let app = TestApp::new().await;
        let pool = rotating(&app, 0).await;
        let token = first(&pool).await;
        let second = refresh_token(exchange(&pool, &token).await);
        let text = second.as_str().unwrap();
        let origin = text.split('.').next().unwrap();
        let (head, secret) = text.rsplit_once('.').unwrap();
        for forged in [
            format!("{origin}.x"),
            format!("{origin}.1.x"),
            format!("{origin}.0.{secret}"),
            format!("{origin}.2.{secret}"),
            format!("{origin}.01.{secret}"),
            format!("{origin}.{secret}"),
            format!("{head}.{}", "A".repeat(secret.len())),
            format!("00000000-0000-4000-8000-000000000000.1.{secret}"),
            "x".to_owned(),
        ] {
            assert_eq!(exchange(&pool, &json!(forged)).await.error(), refused("Invalid Refresh Token"), "{forged}");
        }
        let another = app.pool().await;
        assert_eq!(exchange(&another, &second).await.error(), refused("Invalid Refresh Token"), "of another client and pool");
        exchange(&pool, &second).await.ok();
    }

    #[actix_web::test]
    async fn any_token_of_the_sign_in_revokes_it() {
        let app = TestApp::new().await;
        let pool = rotating(&app, 0).await;
        let token = first(&pool).await;
        let second = refresh_token(exchange(&pool, &token).await);
        pool.client("RevokeToken", json!({"Token": second})).await.ok();
        assert_eq!(exchange(&pool, &second).await.error(), refused("Refresh Token has been revoked"));
    }

    #[actix_web::test]
    async fn without_rotation_the_token_stays() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let token = first(&pool).await;
        for _ in 0..2 {
            let result = exchange(&pool, &token).await.ok()["AuthenticationResult"].clone();
            assert_eq!(result.get("RefreshToken"), None);
            assert!(result["IdToken"].is_string());
        }
        let closed = app.pool_with(json!({}), json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})).await;
        let token = first(&closed).await;
        assert_eq!(exchange(&closed, &token).await.code(), "InvalidParameterException", "a client that takes no refresh tokens");
    }

    #[actix_web::test]
    async fn when_rotation_is_switched_off_the_newest_stays_and_the_others_are_reused() {
        let app = TestApp::new().await;
        let pool = rotating(&app, 60).await;
        let token = first(&pool).await;
        let second = refresh_token(exchange(&pool, &token).await);
        let flows = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
        pool.admin("UpdateUserPoolClient", json!({"ClientId": pool.client_id, "ExplicitAuthFlows": flows})).await.ok();
        let by_flow = async |token: &Value| {
            pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}})).await
        };
        by_flow(&second).await.ok();
        assert_eq!(exchange(&pool, &second).await.ok()["AuthenticationResult"].get("RefreshToken"), None);
        assert_eq!(by_flow(&token).await.error(), refused("Refresh Token has been revoked"));
        assert_eq!(exchange(&pool, &second).await.error(), refused("Refresh Token has been revoked"), "its reuse ended the sign-in");
    }

    #[actix_web::test]
    async fn the_client_proves_its_secret_and_the_user_is_still_there() {
        let app = TestApp::new().await;
        let rotation = json!({"Feature": "ENABLED"});
        let client =
            json!({"GenerateSecret": true, "RefreshTokenRotation": rotation, "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]});
        let pool = app.pool_with(json!({}), client).await;
        pool.user("alice").await;
        let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
        let secret = described["UserPoolClient"]["ClientSecret"].clone();
        let hash = crate::crypto::digest::secret_hash(&secret.as_str().unwrap().to_owned().into(), "alice", pool.client_id.as_str());
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD, "SECRET_HASH": hash});
        let sign_in = json!({"ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters});
        let token = pool.admin("AdminInitiateAuth", sign_in).await.ok()["AuthenticationResult"]["RefreshToken"].clone();
        let exchange =
            async |secret: Value| pool.client("GetTokensFromRefreshToken", json!({"RefreshToken": token, "ClientSecret": secret})).await;
        let id = &pool.client_id;
        let absent = format!("Client {id} is configured with secret but a client secret was not received");
        assert_eq!(exchange(Value::Null).await.error(), refused(&absent));
        let wrong = format!("Unable to verify secret for client {id}");
        assert_eq!(exchange(json!("x".repeat(52))).await.error(), refused(&wrong));
        pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(exchange(secret.clone()).await.error(), refused("User is disabled."));
        pool.admin("AdminEnableUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(exchange(secret.clone()).await.error(), refused("Refresh Token has been revoked"));
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(exchange(secret).await.error(), refused("Invalid Refresh Token"));
    }

    #[actix_web::test]
    async fn rotation_and_refreshing_by_initiate_auth_exclude_each_other() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for (rotation, flows, status) in [
            (json!({"Feature": "ENABLED"}), json!(["ALLOW_REFRESH_TOKEN_AUTH"]), 400),
            (json!({"Feature": "DISABLED"}), json!(["ALLOW_REFRESH_TOKEN_AUTH"]), 200),
            (json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}), Value::Null, 200),
            (json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 61}), Value::Null, 400),
            (json!({"Feature": "ON"}), Value::Null, 400),
            (json!({}), Value::Null, 400),
        ] {
            let input = json!({"ClientName": "c", "RefreshTokenRotation": rotation, "ExplicitAuthFlows": flows});
            let answer = pool.admin("CreateUserPoolClient", input).await;
            assert_eq!(answer.status, status, "{rotation} {flows}: {}", answer.text);
            if status == 200 {
                assert_eq!(answer.ok()["UserPoolClient"]["RefreshTokenRotation"], rotation);
            }
        }
    }
}
