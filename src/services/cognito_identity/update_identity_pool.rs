//! UpdateIdentityPool: what is not given falls back to its default, as with CreateIdentityPool. Roles stay.

use serde::Deserialize;

use super::describe_identity_pool::Response;
use super::errors::{Error, found_pool, no_pool};
use super::settings::Settings;
use super::tag_resource::tags_of;
use crate::context::Context;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::Tags;
use crate::identitypools::tags;
use crate::kit::id::IdentityPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    identity_pool_tags: Option<Tags>,
    #[serde(flatten)]
    settings: Settings,
}

impl Asks for Request {
    type Found = IdentityPool;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<IdentityPool>, Fault> {
        let tags = self.identity_pool_tags.as_ref().map(tags_of).unwrap_or_default();
        Ok(found_pool(cx, &self.identity_pool_id).await?.asking(|ask| ask.request_tags(&tags)))
    }
}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    let tags = match request.identity_pool_tags {
        Some(tags) => Some(tags::merged(Tags::new(), tags)?),
        None => None,
    };
    let name = request.settings.identity_pool_name.clone();
    let updated = cx
        .write(async |tx| {
            // The name of a developer's provider stays: it is looked at in the transaction that keeps it.
            let before = store::identity_pools::find(tx, &pool.id).await?.ok_or_else(|| no_pool(&pool.id))?;
            let configuration = request.settings.configuration(&before.configuration)?;
            if !store::identity_pools::update(tx, &pool.id, &name, &configuration, cx.now()).await? {
                return Err(no_pool(&pool.id));
            }
            if let Some(tags) = &tags {
                store::identity_pools::set_tags(tx, &pool.id, tags, cx.now()).await?;
            }
            Ok(IdentityPool { name: name.clone(), configuration, tags: tags.clone().unwrap_or(before.tags.clone()), ..before })
        })
        .await?;
    Ok(updated.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn what_is_not_given_falls_back_and_roles_stay() {
        let app = TestApp::new().await;
        let role = app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let providers = json!([{"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI", "ClientId": "c",
                                "ServerSideTokenCheck": true}]);
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "CognitoIdentityProviders": providers});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok();
        let id = &pool["IdentityPoolId"];
        app.admin().call("SetIdentityPoolRoles", json!({"IdentityPoolId": id, "Roles": {"authenticated": role}})).await.ok();
        let mut update = pool.clone();
        update["IdentityPoolName"] = "q".into();
        assert_eq!(app.admin().call("UpdateIdentityPool", update.clone()).await.ok(), update);
        let least = json!({"IdentityPoolId": id, "IdentityPoolName": "q", "AllowUnauthenticatedIdentities": false});
        app.admin().call("UpdateIdentityPool", least.clone()).await.ok();
        assert_eq!(app.admin().call("DescribeIdentityPool", json!({"IdentityPoolId": id})).await.ok(), least);
        let roles = app.admin().call("GetIdentityPoolRoles", json!({"IdentityPoolId": id})).await.ok()["Roles"].clone();
        assert_eq!(roles, json!({"authenticated": role}));
        assert_eq!(app.anonymous().call("GetId", json!({"IdentityPoolId": id})).await.code(), "NotAuthorizedException");
    }

    #[actix_web::test]
    async fn what_is_another_accounts_or_regions_is_not_there() {
        let app = TestApp::new().await;
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
        let nobody = json!("us-east-1:11111111-1111-1111-1111-111111111111");
        let (other, elsewhere) = (app.root_of("111111111111").await, app.admin().in_region("eu-west-1"));
        for caller in [&other, &elsewhere] {
            for (operation, member, theirs, more) in [
                ("DeleteIdentityPool", "IdentityPoolId", &pool, json!({})),
                ("DescribeIdentity", "IdentityId", &identity, json!({})),
                ("ListIdentities", "IdentityPoolId", &pool, json!({"MaxResults": 1})),
                ("UpdateIdentityPool", "IdentityPoolId", &pool, json!({"IdentityPoolName": "q", "AllowUnauthenticatedIdentities": false})),
            ] {
                let mut answers = Vec::new();
                for id in [theirs, &nobody] {
                    let mut request = more.clone();
                    request[member] = id.clone();
                    let (code, message) = caller.call(operation, request).await.error();
                    assert_eq!(code, "ResourceNotFoundException", "{operation}");
                    answers.push(message.replace(id.as_str().unwrap(), "…"));
                }
                assert_eq!(answers[0], answers[1], "{operation}");
            }
            let ids = [&identity, &nobody];
            let answer = caller.call("DeleteIdentities", json!({"IdentityIdsToDelete": ids})).await.ok();
            let unprocessed = ids.map(|id| json!({"IdentityId": id, "ErrorCode": "AccessDenied"}));
            assert_eq!(answer["UnprocessedIdentityIds"], Value::from(unprocessed.to_vec()));
        }
        app.admin().call("DescribeIdentity", json!({"IdentityId": identity})).await.ok();
    }
}
