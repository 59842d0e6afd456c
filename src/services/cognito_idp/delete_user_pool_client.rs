//! DeleteUserPoolClient: whoever was signed in through it is signed out.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
}

asks_about_client!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, app_client: AppClient, _: Request) -> Result<Response, Error> {
    let client = &app_client.client;
    let is_deleted = cx.write(async |tx| store::user_pools::delete_client(tx, &client.pool_id, &client.id).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(app_client.gone().into()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn the_tokens_of_a_deleted_client_are_refused_and_those_of_others_are_not() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        let ours = alice.signed_in().await;
        let flows = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
        let other = pool.admin("CreateUserPoolClient", flows).await.ok()["UserPoolClient"]["ClientId"].clone();
        let sign_in = async || {
            let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
            let input = json!({"ClientId": other, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
            app.anonymous().call("InitiateAuth", input).await
        };
        let theirs = sign_in().await.ok()["AuthenticationResult"].clone();
        pool.admin("DeleteUserPoolClient", json!({"ClientId": other})).await.ok();
        let get_user = async |token: &serde_json::Value| app.anonymous().call("GetUser", json!({"AccessToken": token})).await;
        assert_eq!(get_user(&theirs["AccessToken"]).await.message(), "Access Token has been revoked");
        get_user(&ours["AccessToken"]).await.ok();
        assert_eq!(sign_in().await.code(), "ResourceNotFoundException");
        let again = pool.admin("DeleteUserPoolClient", json!({"ClientId": other})).await;
        assert_eq!(again.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn a_node_that_has_not_heard_signs_nobody_in_through_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        let late = app.another_node().await;
        late.app.db.catch_up().await.unwrap();
        assert!(late.app.client(&pool.client_id).await.unwrap().is_some());
        pool.admin("DeleteUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
        assert!(late.app.client(&pool.client_id).await.unwrap().is_some(), "it has not heard");
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        let input = json!({"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        assert_eq!(late.anonymous().call("InitiateAuth", input).await.code(), "ResourceNotFoundException");
    }
}
