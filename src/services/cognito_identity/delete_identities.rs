//! DeleteIdentities: those that are not there, or are another account's, are named in the answer, alike.

use serde::{Deserialize, Serialize};

use super::errors::{Error, own_identity};
use crate::context::Context;
use crate::kit::id::IdentityId;
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_ids_to_delete: Vec<IdentityId>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    unprocessed_identity_ids: Vec<Unprocessed>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unprocessed {
    identity_id: IdentityId,
    error_code: &'static str,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let unprocessed_identity_ids = cx
        .write(async |tx| {
            let mut unprocessed = Vec::new();
            for identity_id in &request.identity_ids_to_delete {
                match own_identity(cx, tx, identity_id).await? {
                    Some(identity) => identity_pools::delete_identity(tx, &identity).await?,
                    None => unprocessed.push(Unprocessed { identity_id: identity_id.clone(), error_code: "AccessDenied" }),
                }
            }
            Ok::<_, Error>(unprocessed)
        })
        .await?;
    Ok(Response { unprocessed_identity_ids })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_login_whose_identity_is_deleted_gets_a_new_one() {
        let app = TestApp::new().await;
        let users = app.pool().await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", users.id);
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true,
                          "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": users.client_id}]});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let token = users.user("alice").await.signed_in().await["IdToken"].clone();
        let id = async |logins: Value| {
            app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": logins})).await.ok()["IdentityId"].clone()
        };
        let (alice, guest) = (id(json!({&provider: token})).await, id(json!({})).await);
        assert_eq!(id(json!({&provider: token})).await, alice);
        let described = app.admin().call("DescribeIdentity", json!({"IdentityId": alice})).await.ok();
        assert_eq!((&described["IdentityId"], &described["Logins"]), (&alice, &json!([provider])));
        let mut found = Vec::new();
        let mut next = Value::Null;
        loop {
            let page = json!({"IdentityPoolId": pool, "MaxResults": 1, "NextToken": next});
            let page = app.admin().call("ListIdentities", page).await.ok();
            found.extend(page["Identities"].as_array().unwrap().clone());
            next = page["NextToken"].clone();
            if next.is_null() {
                break;
            }
        }
        assert_eq!(found.len(), 2);
        assert!(found.contains(&described), "{found:?}");
        assert!(found.iter().any(|identity| identity["IdentityId"] == guest && identity["Logins"].is_null()));
        let answer = app.admin().call("DeleteIdentities", json!({"IdentityIdsToDelete": [alice, guest]})).await.ok();
        assert_eq!(answer["UnprocessedIdentityIds"], json!([]));
        assert_eq!(app.admin().call("DescribeIdentity", json!({"IdentityId": guest})).await.code(), "ResourceNotFoundException");
        assert_ne!(id(json!({&provider: token})).await, alice);
    }
}
