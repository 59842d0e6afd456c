//! TagResource: a tag takes the place of one of the same key.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::found;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::iam::entity::Tag;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::userpools::pool::{Pool, PoolConfiguration};
use crate::userpools::replica::Replica;
use crate::userpools::tags::{self, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
    tags: Tags,
}

impl Asks for Request {
    type Found = Arc<Pool>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Arc<Pool>>, Fault> {
        let tags: Vec<Tag> = self.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
        Ok(found::pool_of_arn(cx, &self.resource_arn).await?.asking(|ask| ask.request_tags(&tags)))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    change(cx, &pool, async |before| tags::merged(before, request.tags.clone()).map_err(|refused| Error::parameter(refused.to_string())))
        .await?;
    Ok(Response {})
}

/// Changes the tags of a pool, as they are in the transaction that writes them.
pub async fn change(cx: &Context, pool: &Pool, to: impl AsyncFn(Tags) -> Result<Tags, Error>) -> Result<(), Error> {
    cx.write(async |tx| {
        let now = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
        if now.region != pool.region {
            // A replica's tags are its own.
            let missing = || NoSuchPool(pool.id.clone());
            let replica = store::replicas::find(tx, &pool.id, &pool.region).await?.ok_or_else(missing)?;
            let tags = to(replica.tags.clone()).await?;
            return Ok(store::replicas::update(tx, &Replica { tags, ..replica }).await?);
        }
        let user_pool_tags = to(now.configuration.user_pool_tags.clone()).await?;
        let configuration = PoolConfiguration { user_pool_tags, ..now.configuration };
        Ok(store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    fn arn(id: &str) -> String {
        format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{id}")
    }

    #[actix_web::test]
    async fn tags_are_set_replaced_listed_and_taken_away() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UserPoolTags": {"stage": "test"}}), json!({})).await;
        let arn = arn(pool.id.as_str());
        let tag = async |tags: Value| app.admin().call("TagResource", json!({"ResourceArn": arn, "Tags": tags})).await;
        let listed = async || app.admin().call("ListTagsForResource", json!({"ResourceArn": arn})).await.ok()["Tags"].clone();
        assert_eq!(listed().await, json!({"stage": "test"}));
        assert_eq!(tag(json!({"team": "red", "stage": ""})).await.ok(), json!({}));
        assert_eq!(listed().await, json!({"stage": "", "team": "red"}));
        let untag = json!({"ResourceArn": arn, "TagKeys": ["stage", "none"]});
        assert_eq!(app.admin().call("UntagResource", untag.clone()).await.ok(), json!({}));
        app.admin().call("UntagResource", untag).await.ok();
        assert_eq!(pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["UserPoolTags"], json!({"team": "red"}));
        pool.admin("UpdateUserPool", json!({})).await.ok();
        assert_eq!(listed().await, json!({}), "what UpdateUserPool is not given goes back to its default");
        let many: serde_json::Map<String, Value> = (0..50).map(|number| (number.to_string(), json!(""))).collect();
        tag(Value::Object(many)).await.ok();
        assert_eq!(tag(json!({"one": "more"})).await.code(), "InvalidParameterException");
        assert_eq!(tag(json!({"aws:x": "y"})).await.code(), "InvalidParameterException");
        let create = json!({"PoolName": "p", "UserPoolTags": {"AWS:x": "y"}});
        assert_eq!(app.admin().call("CreateUserPool", create).await.code(), "UserPoolTaggingException");
        assert_eq!(pool.admin("UpdateUserPool", json!({"UserPoolTags": {"aws:x": "y"}})).await.code(), "UserPoolTaggingException");
    }

    #[actix_web::test]
    async fn what_is_no_pool_of_the_account_and_region_is_not_tagged() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let id = pool.id.as_str();
        for (arn, code) in [
            (arn("us-east-1_000000000"), "ResourceNotFoundException"),
            (arn(id).replace(ACCOUNT, "111111111111"), "ResourceNotFoundException"),
            (arn(id).replace(":us-east-1:", ":eu-west-1:"), "ResourceNotFoundException"),
            (arn(id).replace("arn:aws:", "arn:aws-cn:"), "ResourceNotFoundException"),
            (arn(id).replace("userpool/", "webacl/"), "InvalidParameterException"),
            (format!("arn:aws:s3:us-east-1:{ACCOUNT}:bucket/x"), "InvalidParameterException"),
        ] {
            for (operation, more) in [
                ("TagResource", json!({"Tags": {"a": "b"}})),
                ("UntagResource", json!({"TagKeys": ["a"]})),
                ("ListTagsForResource", json!({})),
            ] {
                let mut input = more;
                input["ResourceArn"] = json!(arn);
                assert_eq!(app.admin().call(operation, input).await.code(), code, "{operation} {arn}");
            }
        }
    }

    #[actix_web::test]
    async fn tags_decide_who_may_do_what_with_a_pool() {
        let app = TestApp::new().await;
        let red = app.pool_with(json!({"UserPoolTags": {"team": "red"}}), json!({})).await;
        let blue = app.pool_with(json!({"UserPoolTags": {"team": "blue"}}), json!({})).await;
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}},
                {"Effect": "Allow", "Action": "cognito-idp:CreateUserPool", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
                {"Effect": "Deny", "Action": "cognito-idp:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "secret"}}},
            ]))
            .await;
        for (operation, input, allowed) in [
            ("DescribeUserPool", json!({"UserPoolId": red.id}), true),
            ("DescribeUserPool", json!({"UserPoolId": blue.id}), false),
            ("ListUserPoolClients", json!({"UserPoolId": blue.id}), false),
            ("TagResource", json!({"ResourceArn": arn(red.id.as_str()), "Tags": {"a": "b"}}), true),
            ("TagResource", json!({"ResourceArn": arn(red.id.as_str()), "Tags": {"secret": "b"}}), false),
            ("TagResource", json!({"ResourceArn": arn(blue.id.as_str()), "Tags": {"team": "red"}}), false),
            ("UntagResource", json!({"ResourceArn": arn(red.id.as_str()), "TagKeys": ["secret"]}), false),
            ("CreateUserPool", json!({"PoolName": "p", "UserPoolTags": {"team": "red"}}), true),
            ("CreateUserPool", json!({"PoolName": "p", "UserPoolTags": {"team": "red", "secret": ""}}), false),
            ("CreateUserPool", json!({"PoolName": "p"}), false),
            ("UpdateUserPool", json!({"UserPoolId": red.id, "UserPoolTags": {"secret": ""}}), false),
            ("UpdateUserPool", json!({"UserPoolId": red.id, "UserPoolTags": {"team": "blue"}}), true),
            ("UpdateUserPool", json!({"UserPoolId": red.id, "UserPoolTags": {"team": "red"}}), false),
        ] {
            let answer = ann.call(operation, input.clone()).await;
            assert_eq!(answer.code(), if allowed { "" } else { "AccessDeniedException" }, "{operation} {input}");
        }
    }
}
