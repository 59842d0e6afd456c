//! CreateUserPoolClient. What we don't honour yet is refused, never ignored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client_answer::ClientAnswer;
use super::client_settings;
use super::errors::{Error, refuse_unsupported};
use crate::config::Mode;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::client_secrets;
use crate::flows::clients::{AppClient, NoSuchPool};
use crate::flows::triggers::Told;
use crate::kit::id::{ClientId, UserPoolId};
use crate::kit::secret::Secret;
use crate::store::{self, Conn};
use crate::userpools::client::{Client, ClientConfiguration};
use crate::userpools::client_secret::ClientSecret;
use crate::userpools::custom_id;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_name: String,
    #[serde(default)]
    generate_secret: bool,
    client_secret: Option<Secret>,
    #[serde(flatten)]
    configuration: ClientConfiguration,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_client: ClientAnswer,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    client_settings::check_name(cx.mode, &request.client_name)?;
    client_settings::check(&pool, &request.configuration)?;
    if request.generate_secret && request.client_secret.is_some() {
        return Err(Error::parameter("GenerateSecret and ClientSecret cannot be used together."));
    }
    let fixed = match cx.mode {
        Mode::Dev => custom_id::of_client(&request.client_name)?.map(ClientId::from),
        Mode::Serve => None,
    };
    let id = fixed.unwrap_or_else(|| ids::client_id(&mut cx.rng()));
    let now = cx.now();
    let secret = match (&request.client_secret, request.generate_secret) {
        (Some(own), _) => {
            Some(ClientSecret { sealed: client_secrets::seal(cx, (&pool.id, &id), own)?, created_at: now, is_withheld: true })
        }
        (None, true) => {
            let sealed = client_secrets::seal(cx, (&pool.id, &id), &ids::client_secret(&mut cx.rng()))?;
            Some(ClientSecret { sealed, created_at: now, is_withheld: false })
        }
        (None, false) => None,
    };
    let client = Client {
        pool_id: pool.id.clone(),
        name: request.client_name,
        secrets: secret.into_iter().collect(),
        registered: None,
        configuration: request.configuration,
        id,
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| insert(tx, &pool, &client).await).await?;
    let app_client = AppClient { pool, client: Arc::new(client), told: Told::default() };
    Ok(Response { user_pool_client: ClientAnswer::of(cx, &app_client)? })
}

async fn insert(tx: &mut Conn, pool: &Pool, client: &Client) -> Result<(), Error> {
    if !store::user_pools::exists(tx, &pool.id).await? {
        return Err(NoSuchPool(pool.id.clone()).into());
    }
    client_settings::check_in(tx, pool, client).await?;
    // Chance makes no id twice; somebody who chooses one may.
    if store::user_pools::find_client(tx, &client.id).await?.is_some() {
        return Err(Error::parameter(format!("Client id {} already exists.", client.id)));
    }
    Ok(store::user_pools::insert_client(tx, client).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_is_given_comes_back_and_the_rest_has_its_default() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given = json!({
            "ClientName": "c", "AccessTokenValidity": 10, "TokenValidityUnits": {"AccessToken": "minutes"}, "ReadAttributes": ["email"],
            "SupportedIdentityProviders": ["COGNITO"], "EnableTokenRevocation": null, "AuthSessionValidity": null,
        });
        let created = pool.admin("CreateUserPoolClient", given).await.ok()["UserPoolClient"].clone();
        let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": created["ClientId"]})).await.ok()["UserPoolClient"].clone();
        assert_eq!(created, described);
        let members = ["CreationDate", "LastModifiedDate", "ClientId", "UserPoolId"];
        let settings: Map<String, Value> =
            described.as_object().unwrap().clone().into_iter().filter(|(name, _)| !members.contains(&name.as_str())).collect();
        let expected = json!({
            "ClientName": "c", "ClientType": "REGULAR", "AccessTokenValidity": 10, "TokenValidityUnits": {"AccessToken": "minutes"},
            "ReadAttributes": ["email"], "SupportedIdentityProviders": ["COGNITO"], "EnableTokenRevocation": true, "AuthSessionValidity": 3,
            "RefreshTokenValidity": 30, "AllowedOAuthFlowsUserPoolClient": false, "EnablePropagateAdditionalUserContextData": false,
        });
        assert_eq!(Value::Object(settings), expected);
    }

    #[actix_web::test]
    async fn oauth_settings_come_back_and_are_kept_by_an_update_that_gives_them() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let scope = json!([{"ScopeName": "read", "ScopeDescription": "d"}]);
        pool.admin("CreateResourceServer", json!({"Identifier": "api", "Name": "n", "Scopes": scope})).await.ok();
        let settings = json!({
            "CallbackURLs": ["https://app.example/back", "myapp://back"], "LogoutURLs": ["http://localhost:3000/"],
            "DefaultRedirectURI": "https://app.example/back", "AllowedOAuthFlows": ["code", "implicit"],
            "AllowedOAuthScopes": ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin", "api/read"],
            "AllowedOAuthFlowsUserPoolClient": true, "EnablePropagateAdditionalUserContextData": true,
            "AnalyticsConfiguration": {"ApplicationArn": "arn:aws:mobiletargeting:us-east-1:000000000000:apps/a", "UserDataShared": true},
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}, "PreventUserExistenceErrors": "LEGACY",
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        });
        let mut given = settings.clone();
        given["ClientName"] = json!("c");
        given["GenerateSecret"] = json!(true);
        let created = pool.admin("CreateUserPoolClient", given).await.ok()["UserPoolClient"].clone();
        let mut update = settings.clone();
        update["ClientId"] = created["ClientId"].clone();
        pool.admin("UpdateUserPoolClient", update).await.ok();
        let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": created["ClientId"]})).await.ok()["UserPoolClient"].clone();
        for (name, value) in settings.as_object().unwrap() {
            assert_eq!((&created[name], &described[name]), (value, value), "{name}");
        }
    }

    #[actix_web::test]
    async fn what_aws_refuses_is_refused_in_its_words() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let back = json!(["https://app.example/"]);
        for (settings, code, words) in [
            (
                json!({"CallbackURLs": ["http://app.example/"]}),
                "InvalidParameterException",
                "http://app.example/ cannot use the HTTP protocol.",
            ),
            (
                json!({"LogoutURLs": ["http://app.example/"]}),
                "InvalidParameterException",
                "http://app.example/ cannot use the HTTP protocol.",
            ),
            (
                json!({"CallbackURLs": back, "DefaultRedirectURI": "https://app.example"}),
                "InvalidParameterException",
                "The default redirect URI https://app.example is not in the callback URIs list.",
            ),
            (json!({"AllowedOAuthScopes": ["api/none"]}), "ScopeDoesNotExistException", "Invalid scope requested: api/none"),
            (
                json!({"AllowedOAuthFlowsUserPoolClient": true}),
                "InvalidOAuthFlowException",
                "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
            ),
            (
                json!({"AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"]}),
                "InvalidOAuthFlowException",
                "CallbackUrls can not be empty when code flow or implicit flow is selected",
            ),
            (
                json!({"AllowedOAuthFlows": ["client_credentials"], "GenerateSecret": false}),
                "InvalidOAuthFlowException",
                "client_credentials flow can not be selected if client does not have a client secret.",
            ),
            (
                json!({"AllowedOAuthFlows": ["client_credentials"], "GenerateSecret": true, "AllowedOAuthScopes": ["openid"]}),
                "InvalidOAuthFlowException",
                "openid is not supported with client_credentials flow",
            ),
            (
                json!({"SupportedIdentityProviders": ["COGNITO", "Google"]}),
                "InvalidParameterException",
                &format!("The provider Google does not exist for User Pool {}.", pool.id),
            ),
            (
                json!({"WriteAttributes": ["email_verified"]}),
                "InvalidParameterException",
                "Invalid write attributes specified while creating a client",
            ),
            (
                json!({"ReadAttributes": ["custom:none"]}),
                "InvalidParameterException",
                "Invalid read attributes specified while creating a client",
            ),
            (
                json!({"EnablePropagateAdditionalUserContextData": true}),
                "InvalidParameterException",
                "EnablePropagateAdditionalUserContextData can only be enabled for an app client that has a client secret.",
            ),
            (
                json!({"AnalyticsConfiguration": {"ApplicationId": "abc"}}),
                "InvalidParameterException",
                "Invalid analytics configuration given, either <application arn> or <application id, role arn, external id> are valid",
            ),
        ] {
            let mut input = settings.clone();
            input["ClientName"] = json!("c");
            let refused = pool.admin("CreateUserPoolClient", input).await;
            assert_eq!(refused.error(), (code.to_owned(), words.to_owned()), "{settings}");
            if settings.get("GenerateSecret").is_none() {
                let mut input = settings.clone();
                input["ClientId"] = json!(pool.client_id);
                let refused = pool.admin("UpdateUserPoolClient", input).await;
                assert_eq!(refused.error(), (code.to_owned(), words.to_owned()), "{settings}");
            }
        }
    }

    #[actix_web::test]
    async fn in_dev_a_name_fixes_a_clients_id_once() {
        let app = TestApp::dev().await;
        let (pool, other) = (app.pool().await, app.pool().await);
        let named = json!({"ClientName": "_custom_id_:my_client"});
        assert_eq!(pool.admin("CreateUserPoolClient", named.clone()).await.ok()["UserPoolClient"]["ClientId"], "my_client");
        for pool in [&pool, &other] {
            assert_eq!(pool.admin("CreateUserPoolClient", named.clone()).await.code(), "InvalidParameterException", "taken");
        }
        let serve = TestApp::new().await;
        let pool = serve.pool().await;
        let refused = pool.admin("CreateUserPoolClient", named).await;
        assert_eq!(refused.code(), "InvalidParameterException", "the name is none there, as at AWS: {}", refused.text);
    }

    #[actix_web::test]
    async fn what_is_not_honoured_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let answer = pool.admin("CreateUserPoolClient", json!({"ClientName": "c", "PublishSecretsInAWSSecretsManager": true})).await;
        assert_eq!(answer.message(), "PublishSecretsInAWSSecretsManager is not supported");
    }
}
