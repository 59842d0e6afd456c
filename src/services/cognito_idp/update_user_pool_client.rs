//! UpdateUserPoolClient: what is left out goes back to its default, but for the name. The secret stays.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client_answer::ClientAnswer;
use super::client_settings;
use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::client::{Client, ClientConfiguration};
use crate::userpools::registration;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    client_name: Option<String>,
    #[serde(flatten)]
    configuration: ClientConfiguration,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_client!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_client: ClientAnswer,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    client_settings::check_name(cx.mode, request.client_name.as_deref().unwrap_or_default())?;
    client_settings::check(&app_client.pool, &request.configuration)?;
    let AppClient { pool, client, .. } = &app_client;
    let client = cx
        .write(async |tx| {
            let before = store::user_pools::find_client(tx, &client.id).await?.ok_or_else(|| app_client.gone())?;
            let wanted = ClientConfiguration { sso_session: before.configuration.sso_session, ..request.configuration.clone() };
            let after = Client {
                name: request.client_name.clone().unwrap_or_else(|| before.name.clone()),
                configuration: match before.registered {
                    Some(_) => registration::kept(&before.configuration, wanted),
                    None => wanted,
                },
                modified_at: cx.now(),
                ..before
            };
            client_settings::check_in(tx, pool, &after).await?;
            store::user_pools::update_client(tx, &after).await?;
            Ok::<_, Error>(after)
        })
        .await?;
    let updated = AppClient { pool: Arc::clone(pool), client: Arc::new(client), ..app_client.clone() };
    Ok(Response { user_pool_client: ClientAnswer::of(cx, &updated)? })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn what_is_left_out_goes_back_to_its_default() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"GenerateSecret": true, "AccessTokenValidity": 2, "ReadAttributes": ["email"]})).await;
        let describe = async || {
            let answer = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
            answer["UserPoolClient"].clone()
        };
        let before = describe().await;
        app.advance(Duration::from_secs(1));
        let updated = pool.admin("UpdateUserPoolClient", json!({"ClientId": pool.client_id, "IdTokenValidity": 3})).await.ok();
        let after = describe().await;
        assert_eq!(updated["UserPoolClient"], after);
        let kept = ["ClientId", "ClientName", "ClientSecret", "ClientType", "CreationDate", "UserPoolId"];
        for member in kept {
            assert_eq!(after[member], before[member], "{member}");
        }
        let settings: serde_json::Map<_, _> =
            after.as_object().unwrap().clone().into_iter().filter(|(name, _)| !kept.contains(&name.as_str())).collect();
        let expected = json!({
            "IdTokenValidity": 3, "EnableTokenRevocation": true, "AuthSessionValidity": 3, "RefreshTokenValidity": 30,
            "AllowedOAuthFlowsUserPoolClient": false, "EnablePropagateAdditionalUserContextData": false, "LastModifiedDate": before["LastModifiedDate"].as_f64().unwrap() + 1.0,
        });
        assert_eq!(json!(settings), expected);
        let named = pool.admin("UpdateUserPoolClient", json!({"ClientId": pool.client_id, "ClientName": "other"})).await.ok();
        assert_eq!(named["UserPoolClient"]["ClientName"], "other");
    }

    #[actix_web::test]
    async fn every_node_signs_in_by_what_was_changed() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        let pool = app.pool().await;
        pool.user("alice").await.signed_in().await;
        let flows = json!({"ClientId": pool.client_id, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]});
        pool.admin("UpdateUserPoolClient", flows).await.ok();
        other.app.db.catch_up().await.unwrap();
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        let input = json!({"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        for node in [&app, &other] {
            let answer = node.anonymous().call("InitiateAuth", input.clone()).await;
            assert_eq!(answer.message(), "USER_PASSWORD_AUTH flow not enabled for this client");
        }
    }

    #[actix_web::test]
    async fn a_client_is_held_to_its_pool_and_to_what_is_honoured() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for (member, value) in [
            ("CallbackURLs", json!(["http://app.example/"])),
            ("WriteAttributes", json!(["email_verified"])),
            ("ReadAttributes", json!(["custom:none"])),
            ("AccessTokenValidity", json!(25)),
            ("SupportedIdentityProviders", json!(["Google"])),
        ] {
            let answer = pool.admin("UpdateUserPoolClient", json!({"ClientId": pool.client_id, member: value})).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{member}");
        }
        let another = app.pool().await;
        let elsewhere = pool.admin("UpdateUserPoolClient", json!({"ClientId": another.client_id})).await;
        assert_eq!(elsewhere.code(), "ResourceNotFoundException");
    }
}
