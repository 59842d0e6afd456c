//! DeleteIdentityPool: its identities and their logins go with it. Credentials that it gave live on until they end.

use serde::{Deserialize, Serialize};

use super::errors::{Error, found_pool, no_pool};
use crate::context::Context;
use crate::identitypools::pool::IdentityPool;
use crate::kit::id::IdentityPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
}

impl Asks for Request {
    type Found = IdentityPool;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<IdentityPool>, Fault> {
        found_pool(cx, &self.identity_pool_id).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: IdentityPool, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let was_there = store::identity_pools::delete(tx, &pool.id).await?;
        if was_there { Ok(()) } else { Err(no_pool(&pool.id)) }
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_pool_goes_with_its_identities_and_their_logins() {
        let app = TestApp::new().await;
        let users = app.pool().await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", users.id);
        let create = async || {
            let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true,
                              "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": users.client_id}]});
            app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone()
        };
        let (pool, other) = (create().await, create().await);
        let token = users.user("alice").await.signed_in().await["IdToken"].clone();
        let mut kept = Vec::new();
        for pool in [&pool, &other] {
            for logins in [json!({}), json!({&provider: token})] {
                let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": logins})).await.ok();
                kept.push(identity["IdentityId"].clone());
            }
        }
        app.admin().call("DeleteIdentityPool", json!({"IdentityPoolId": pool})).await.ok();
        for operation in ["DeleteIdentityPool", "DescribeIdentityPool"] {
            assert_eq!(app.admin().call(operation, json!({"IdentityPoolId": pool})).await.code(), "ResourceNotFoundException");
        }
        assert_eq!(app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.code(), "ResourceNotFoundException");
        let mut codes = Vec::new();
        for identity in kept {
            codes.push(app.admin().call("DescribeIdentity", json!({"IdentityId": identity})).await.code());
        }
        assert_eq!(codes, ["ResourceNotFoundException", "ResourceNotFoundException", "", ""]);
    }

    #[actix_web::test]
    async fn no_identity_outlives_a_pool_that_goes_while_it_is_made() {
        let app = TestApp::new().await;
        for _ in 0..5 {
            let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
            let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
            let (admin, guest) = (app.admin(), app.anonymous());
            let ids = (0..4).map(|_| guest.call("GetId", json!({"IdentityPoolId": pool})));
            let delete = admin.call("DeleteIdentityPool", json!({"IdentityPoolId": pool}));
            let (deleted, _) = futures_util::future::join(delete, futures_util::future::join_all(ids)).await;
            deleted.ok();
        }
        // Whatever was left behind is found when the application falls.
    }
}
