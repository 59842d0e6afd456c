//! DeleteUserPoolClientSecret: one of two; the last stays.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::client_secrets;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    client_secret_id: String,
}

asks_about_client!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    client_secrets::delete(cx, &app_client.client, &request.client_secret_id).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn of_two_who_delete_one_each_one_finds_the_last_one_left() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"GenerateSecret": true})).await;
        let client = json!({"ClientId": pool.client_id});
        for round in 0..3 {
            pool.admin("AddUserPoolClientSecret", client.clone()).await.ok();
            let listed = pool.admin("ListUserPoolClientSecrets", client.clone()).await.ok()["ClientSecrets"].clone();
            let delete = |index: usize| {
                pool.admin(
                    "DeleteUserPoolClientSecret",
                    json!({"ClientId": pool.client_id, "ClientSecretId": listed[index]["ClientSecretId"]}),
                )
            };
            let mut codes: Vec<String> = join_all([delete(0), delete(1)]).await.into_iter().map(|answer| answer.code()).collect();
            codes.sort();
            assert_eq!(codes, ["", "InvalidParameterException"], "round {round}");
        }
        let unknown = json!({"ClientId": pool.client_id, "ClientSecretId": format!("{}--1", pool.client_id)});
        assert_eq!(pool.admin("DeleteUserPoolClientSecret", unknown).await.code(), "ResourceNotFoundException");
    }
}
