//! TagResource: a tag takes the place of one of the same key.

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_pool, pool_of_arn};
use crate::context::Context;
use crate::iam::entity::Tag;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::Tags;
use crate::identitypools::tags;
use crate::operation::{Asks, Fault, Resolved};
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
    tags: Tags,
}

impl Asks for Request {
    type Found = IdentityPool;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<IdentityPool>, Fault> {
        Ok(pool_of_arn(cx, &self.resource_arn).await?.asking(|ask| ask.request_tags(&tags_of(&self.tags))))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    change(cx, &pool, |before| Ok(tags::merged(before, request.tags.clone())?)).await?;
    Ok(Response {})
}

/// Tags as questions have them.
pub fn tags_of(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// Changes the tags of a pool, as they are in the transaction that writes them.
pub async fn change(cx: &Context, pool: &IdentityPool, to: impl Fn(Tags) -> Result<Tags, Error>) -> Result<(), Error> {
    cx.write(async |tx| {
        let now = identity_pools::find(tx, &pool.id).await?.ok_or_else(|| no_pool(&pool.id))?;
        Ok(identity_pools::set_tags(tx, &pool.id, &to(now.tags)?, cx.now()).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn tags_are_set_told_taken_away_and_asked_about() {
        let app = TestApp::new().await;
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "IdentityPoolTags": {"team": "red"}});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok();
        assert_eq!(pool["IdentityPoolTags"], json!({"team": "red"}));
        let id = pool["IdentityPoolId"].as_str().unwrap();
        let arn = format!("arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{id}");
        let admin = app.admin();
        let on = |operation: &str| format!("cognito-identity:{operation}");
        admin.call(&on("TagResource"), json!({"ResourceArn": arn, "Tags": {"team": "blue", "stage": "test"}})).await.ok();
        let told = admin.call(&on("ListTagsForResource"), json!({"ResourceArn": arn})).await.ok();
        assert_eq!(told["Tags"], json!({"team": "blue", "stage": "test"}));
        let described = admin.call("DescribeIdentityPool", json!({"IdentityPoolId": id})).await.ok();
        assert_eq!(described["IdentityPoolTags"], told["Tags"]);
        let reserved = admin.call(&on("TagResource"), json!({"ResourceArn": arn, "Tags": {"AWS:x": "y"}})).await;
        assert_eq!(reserved.code(), "InvalidParameterException");
        // A policy may ask for the pool's tags, and for those that would be set.
        let ann = app
            .user_with(json!([{"Effect": "Allow", "Action": "cognito-identity:*", "Resource": "*",
                               "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}},
                              {"Effect": "Deny", "Action": "cognito-identity:TagResource", "Resource": "*",
                               "Condition": {"StringEquals": {"aws:RequestTag/team": "green"}}}]))
            .await;
        for (tags, code) in [(json!({"a": "b"}), ""), (json!({"team": "green"}), "AccessDeniedException"), (json!({"team": "red"}), "")] {
            assert_eq!(ann.call(&on("TagResource"), json!({"ResourceArn": arn, "Tags": tags})).await.code(), code, "{tags}");
        }
        assert_eq!(ann.call(&on("UntagResource"), json!({"ResourceArn": arn, "TagKeys": ["a"]})).await.code(), "AccessDeniedException");
        admin.call(&on("UntagResource"), json!({"ResourceArn": arn, "TagKeys": ["a", "none"]})).await.ok();
        let told = admin.call(&on("ListTagsForResource"), json!({"ResourceArn": arn})).await.ok();
        assert_eq!(told["Tags"], json!({"team": "red", "stage": "test"}));
    }

    #[actix_web::test]
    async fn another_accounts_pool_is_not_there() {
        let app = TestApp::new().await;
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned();
        let other = app.root_of("111111111111").await;
        for account in [ACCOUNT, "111111111111"] {
            let mut answers = Vec::new();
            for id in [pool.as_str(), "us-east-1:11111111-1111-1111-1111-111111111111"] {
                let arn = format!("arn:aws:cognito-identity:us-east-1:{account}:identitypool/{id}");
                let (code, message) = other.call("cognito-identity:ListTagsForResource", json!({"ResourceArn": arn})).await.error();
                assert_eq!(code, "ResourceNotFoundException");
                answers.push(message.replace(id, "…"));
            }
            assert_eq!(answers[0], answers[1]);
        }
    }
}
