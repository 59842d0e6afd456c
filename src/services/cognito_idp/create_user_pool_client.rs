//! CreateUserPoolClient. What we don't honour yet is refused, never ignored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client_answer::ClientAnswer;
use super::client_settings;
use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::clients::{AppClient, NoSuchPool};
use crate::flows::triggers::Told;
use crate::kit::id::UserPoolId;
use crate::store::{self, StoreError};
use crate::userpools::client::{Client, ClientConfiguration};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_name: String,
    #[serde(default)]
    generate_secret: bool,
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
    client_settings::check(&pool, &request.configuration)?;
    let mut rng = cx.rng();
    let id = ids::client_id(&mut rng);
    let now = cx.now();
    let secret = request.generate_secret.then(|| ids::client_secret(&mut rng));
    let place = ["user_pool_clients", pool.id.as_str(), id.as_str()];
    let sealed_secret = secret.map(|secret| cx.keys.at_rest.seal(&place, &secret, &mut rng)).transpose().map_err(StoreError::from)?;
    let client = Client {
        pool_id: pool.id.clone(),
        name: request.client_name,
        sealed_secret,
        configuration: request.configuration,
        id,
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        Ok::<_, Error>(store::user_pools::insert_client(tx, &client).await?)
    })
    .await?;
    let app_client = AppClient { pool, client: Arc::new(client), told: Told::default() };
    Ok(Response { user_pool_client: ClientAnswer::of(cx, &app_client)? })
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
            "ClientName": "c", "AccessTokenValidity": 10, "TokenValidityUnits": {"AccessToken": "minutes"}, "ReadAttributes": ["email"],
            "SupportedIdentityProviders": ["COGNITO"], "EnableTokenRevocation": true, "AuthSessionValidity": 3,
            "RefreshTokenValidity": 30, "AllowedOAuthFlowsUserPoolClient": false,
        });
        assert_eq!(Value::Object(settings), expected);
    }

    #[actix_web::test]
    async fn what_is_not_honoured_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let answer = pool.admin("CreateUserPoolClient", json!({"ClientName": "c", "PublishSecretsInAWSSecretsManager": true})).await;
        assert_eq!(answer.message(), "PublishSecretsInAWSSecretsManager is not supported");
    }
}
