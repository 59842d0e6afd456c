//! GetClientToken: an app client's own access token, for its secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::client_token;
use crate::flows::clients::AppClient;
use crate::flows::triggers::Told;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::operation::{OfClient, Proof};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret: Secret,
    #[serde(default)]
    scopes: Vec<String>,
    client_metadata: Option<BTreeMap<String, String>>,
}

impl OfClient for Request {
    fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    fn proof(&self) -> Proof<'_> {
        Proof::Secret(Some(&self.secret))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    client_authentication_result: Granted,
}

/// ClientAuthenticationResultType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Granted {
    access_token: String,
    expires_in: u64,
    token_type: &'static str,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let app_client = app_client.telling(Told::of(request.client_metadata));
    let token = client_token::get(cx, &app_client, &request.scopes).await?;
    let granted = Granted { access_token: token.access_token, expires_in: token.lifetime.as_secs(), token_type: "Bearer" };
    Ok(Response { client_authentication_result: granted })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use crate::testing::{PASSWORD, TestApp, TestPool};

    /// A pool with an API, and its machine client's secret.
    async fn machine<'a>(app: &'a TestApp, more: Value) -> (TestPool<'a>, Value, Value) {
        let pool = app.pool().await;
        let scope = |name: &str| json!({"ScopeName": name, "ScopeDescription": "d"});
        let server = json!({"Identifier": "api", "Name": "n", "Scopes": [scope("read"), scope("write"), scope("admin")]});
        pool.admin("CreateResourceServer", server).await.ok();
        let mut client = json!({
            "ClientName": "m", "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
            "AllowedOAuthScopes": ["api/read", "api/write"], "AccessTokenValidity": 2,
        });
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let created = pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"].clone();
        (pool, created["ClientId"].clone(), created["ClientSecret"].clone())
    }

    fn claims(token: &Value) -> Value {
        let payload = token.as_str().unwrap().split('.').nth(1).unwrap().to_owned();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    #[actix_web::test]
    async fn a_client_gets_a_token_of_its_own() {
        let app = TestApp::new().await;
        let (pool, client, secret) = machine(&app, json!({})).await;
        let get = async |scopes: Value| {
            app.anonymous().call("GetClientToken", json!({"ClientId": client, "Secret": secret, "Scopes": scopes})).await
        };
        let answer = get(json!(["api/write"])).await.ok()["ClientAuthenticationResult"].clone();
        assert_eq!((&answer["ExpiresIn"], &answer["TokenType"]), (&json!(7200), &json!("Bearer")));
        let mut told = claims(&answer["AccessToken"]);
        assert!(told["jti"].as_str().unwrap().len() == 36);
        told.as_object_mut().unwrap().remove("jti");
        let now = app.app.now().seconds();
        let expected = json!({
            "sub": client, "client_id": client, "token_use": "access", "scope": "api/write", "version": 2, "auth_time": now, "iat": now,
            "exp": now + 7200, "iss": format!("http://passwright.test/{}", pool.id),
        });
        assert_eq!(told, expected);
        let all = get(Value::Null).await.ok()["ClientAuthenticationResult"]["AccessToken"].clone();
        assert_eq!(claims(&all)["scope"], "api/read api/write", "all that the client is set to");
        assert_eq!(
            claims(&get(json!(["api/read", "api/read"])).await.ok()["ClientAuthenticationResult"]["AccessToken"])["scope"],
            "api/read"
        );
        for scope in ["api/admin", "api/none", "openid", "aws.cognito.signin.user.admin"] {
            let refused = get(json!(["api/read", scope])).await;
            let words = format!("Invalid scope requested: {scope}");
            assert_eq!(refused.error(), ("InvalidParameterException".to_owned(), words), "none, or none of the client's");
        }
    }

    #[actix_web::test]
    async fn it_is_nobodys_token_where_a_users_is_wanted() {
        let app = TestApp::new().await;
        let (pool, client, secret) = machine(&app, json!({})).await;
        let answer = app.anonymous().call("GetClientToken", json!({"ClientId": client, "Secret": secret})).await.ok();
        let token = answer["ClientAuthenticationResult"]["AccessToken"].clone();
        for operation in ["GetUser", "GlobalSignOut"] {
            let refused = app.anonymous().call(operation, json!({"AccessToken": token})).await;
            assert_eq!(refused.error(), ("NotAuthorizedException".to_owned(), "Invalid Access Token".to_owned()));
        }
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", pool.id);
        let providers = json!([{"ProviderName": provider, "ClientId": client}]);
        let new = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": false, "CognitoIdentityProviders": providers});
        let identities = app.admin().call("CreateIdentityPool", new).await.ok()["IdentityPoolId"].clone();
        let login = app.anonymous().call("GetId", json!({"IdentityPoolId": identities, "Logins": {provider: token}})).await;
        assert_eq!(login.code(), "NotAuthorizedException");
    }

    #[actix_web::test]
    async fn who_does_not_know_the_secret_gets_none() {
        let app = TestApp::new().await;
        let (pool, client, secret) = machine(&app, json!({})).await;
        let get = async |client: &Value, secret: &Value| {
            app.anonymous().call("GetClientToken", json!({"ClientId": client, "Secret": secret})).await
        };
        let wrong = get(&client, &json!("x".repeat(52))).await;
        let words = format!("Unable to verify secret for client {}", client.as_str().unwrap());
        assert_eq!(wrong.error(), ("NotAuthorizedException".to_owned(), words));
        assert_eq!(get(&json!("0".repeat(26)), &secret).await.code(), "ResourceNotFoundException");
        assert_eq!(get(&json!(pool.client_id), &secret).await.code(), "NotAuthorizedException", "a public client");
        // Either of two secrets, until one is gone.
        let named = json!({"ClientId": client});
        let added = pool.admin("AddUserPoolClientSecret", named).await.ok()["ClientSecretDescriptor"].clone();
        get(&client, &added["ClientSecretValue"]).await.ok();
        let delete = json!({"ClientId": client, "ClientSecretId": added["ClientSecretId"]});
        pool.admin("DeleteUserPoolClientSecret", delete).await.ok();
        assert_eq!(get(&client, &added["ClientSecretValue"]).await.code(), "NotAuthorizedException");
        get(&client, &secret).await.ok();
        // Credentials authorize nothing here, and those of another deployment are no fault.
        let foreign = app.holder_of("AKIAIOSFODNN7EXAMPLE", "none", None);
        foreign.call("GetClientToken", json!({"ClientId": client, "Secret": secret})).await.ok();
        assert_eq!(
            app.admin().call("GetClientToken", json!({"ClientId": client, "Secret": "x".repeat(52)})).await.code(),
            "NotAuthorizedException"
        );
    }

    #[actix_web::test]
    async fn a_scope_goes_with_its_resource_server() {
        let app = TestApp::new().await;
        let (pool, client, secret) = machine(&app, json!({})).await;
        let get = async || app.anonymous().call("GetClientToken", json!({"ClientId": client, "Secret": secret})).await;
        let scope = json!([{"ScopeName": "read", "ScopeDescription": "d"}]);
        pool.admin("UpdateResourceServer", json!({"Identifier": "api", "Name": "n", "Scopes": scope})).await.ok();
        assert_eq!(claims(&get().await.ok()["ClientAuthenticationResult"]["AccessToken"])["scope"], "api/read");
        pool.admin("DeleteResourceServer", json!({"Identifier": "api"})).await.ok();
        assert_eq!(get().await.code(), "InvalidParameterException");
    }

    #[actix_web::test]
    async fn the_flow_stands_alone_and_wants_a_secret() {
        let app = TestApp::new().await;
        let (pool, client, secret) = machine(&app, json!({})).await;
        for (flows, has_secret, status) in [
            (json!(["ALLOW_CLIENT_TOKEN_AUTH"]), true, 200),
            (json!(["ALLOW_CLIENT_TOKEN_AUTH"]), false, 400),
            (json!(["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]), true, 400),
        ] {
            let input = json!({"ClientName": "c", "GenerateSecret": has_secret, "ExplicitAuthFlows": flows});
            assert_eq!(pool.admin("CreateUserPoolClient", input).await.status, status, "{flows} {has_secret}");
        }
        pool.admin("UpdateUserPoolClient", json!({"ClientId": client, "AllowedOAuthScopes": ["api/read"]})).await.ok();
        let refused = app.anonymous().call("GetClientToken", json!({"ClientId": client, "Secret": secret})).await;
        assert_eq!(refused.message(), "CLIENT_TOKEN_AUTH flow not enabled for this client");
        pool.user("alice").await;
        app.advance(Duration::from_secs(1));
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        let (_, machine_only, _) = machine(&app, json!({})).await;
        let sign_in = json!({"ClientId": machine_only, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        assert_eq!(app.anonymous().call("InitiateAuth", sign_in).await.message(), "USER_PASSWORD_AUTH flow not enabled for this client");
    }
}
