//! CreateUserPoolReplica: another region serves the pool, under an ARN of its own. Whoever makes one must be allowed to make
//! pools there.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::found;
use super::replica_answer::{ReplicaAnswer, Response};
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::iam::entity::Tag;
use crate::kit::id::UserPoolId;
use crate::kit::region::is_region;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;
use crate::userpools::pool::{ConfigurationRefused, Pool};
use crate::userpools::replica::{MOST, Replica, ReplicaStatus};
use crate::userpools::tags::{self, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    region_name: String,
    #[serde(default)]
    user_pool_tags: Tags,
}

impl Asks for Request {
    type Found = Arc<Pool>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Arc<Pool>>, Fault> {
        let tags: Vec<Tag> = self.user_pool_tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
        let Resolved { found, asks } = found::pool(cx, &self.user_pool_id).await?.asking(|ask| ask.request_tags(&tags));
        let there = Ask::on("*").action("cognito-idp:CreateUserPool").key("aws:RequestedRegion", self.region_name.as_str());
        Ok(Resolved { found, asks: asks.into_iter().chain([there.request_tags(&tags)]).collect() })
    }
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    if !is_region(&request.region_name) || request.region_name == pool.region {
        return Err(Error::parameter(format!("Invalid region for a replica: {}", request.region_name)));
    }
    tags::check(&request.user_pool_tags).map_err(ConfigurationRefused::from)?;
    let replica = Replica {
        pool_id: pool.id.clone(),
        region: request.region_name,
        status: ReplicaStatus::Inactive,
        tags: request.user_pool_tags,
        created_at: cx.now(),
    };
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        if !store::replicas::insert(tx, &replica).await? {
            return Err(Error::parameter(format!("User pool {} already has a replica in {}.", pool.id, replica.region)));
        }
        if store::replicas::of_pool(tx, &pool.id).await?.len() > MOST {
            Err(Error::LimitReached("The user pool has as many replicas as it can have."))
        } else {
            Ok(())
        }
    })
    .await?;
    Ok(ReplicaAnswer::secondary(&pool, &replica, replica.status.as_str()).into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, PASSWORD, TestApp, TestPool};

    async fn replicate(pool: &TestPool<'_>, region: &str) {
        pool.admin("CreateUserPoolReplica", json!({"RegionName": region})).await.ok();
    }

    async fn status(pool: &TestPool<'_>, region: &str, status: &str) -> (String, String) {
        pool.admin("UpdateUserPoolReplica", json!({"RegionName": region, "Status": status})).await.error()
    }

    fn sign_in(pool: &TestPool<'_>) -> Value {
        json!({"UserPoolId": pool.id, "ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
               "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD}})
    }

    #[actix_web::test]
    async fn a_replica_is_made_inactive_is_activated_and_goes_only_when_it_is_inactive() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let arn = |region: &str| format!("arn:aws:cognito-idp:{region}:{ACCOUNT}:userpool/{}", pool.id);
        let replica = |region: &str, status: &str, role: &str| json!({"RegionName": region, "Status": status, "Role": role, "UserPoolArn": arn(region)});
        let made = pool.admin("CreateUserPoolReplica", json!({"RegionName": "eu-west-1"})).await.ok()["UserPoolReplica"].clone();
        assert_eq!(made, replica("eu-west-1", "INACTIVE", "SECONDARY"));
        for region in ["eu-west-1", "us-east-1", "nonsense"] {
            assert_eq!(
                pool.admin("CreateUserPoolReplica", json!({"RegionName": region})).await.code(),
                "InvalidParameterException",
                "{region}"
            );
        }
        let tagged = json!({"RegionName": "eu-west-2", "UserPoolTags": {"aws:x": ""}});
        assert_eq!(pool.admin("CreateUserPoolReplica", tagged).await.code(), "UserPoolTaggingException");
        assert_eq!(status(&pool, "eu-west-1", "ACTIVE").await.0, "");
        let listed = pool.admin("ListUserPoolReplicas", json!({})).await.ok()["UserPoolReplicas"].clone();
        assert_eq!(listed, json!([replica("us-east-1", "ACTIVE", "PRIMARY"), replica("eu-west-1", "ACTIVE", "SECONDARY")]));
        let delete = async |region: &str| pool.admin("DeleteUserPoolReplica", json!({"RegionName": region})).await;
        assert_eq!(delete("eu-west-1").await.code(), "InvalidParameterException", "it is active");
        assert_eq!(status(&pool, "eu-west-1", "INACTIVE").await.0, "");
        let abroad = app
            .admin()
            .in_region("eu-west-1")
            .call("DeleteUserPoolReplica", json!({"UserPoolId": pool.id, "RegionName": "eu-west-1"}))
            .await;
        assert_eq!(abroad.code(), "OperationNotEnabledException", "it is deleted from the primary");
        assert_eq!(delete("eu-west-1").await.ok()["UserPoolReplica"]["Status"], "DELETING");
        assert_eq!(delete("eu-west-1").await.code(), "ResourceNotFoundException");
        assert_eq!(
            (delete("us-east-1").await.code(), status(&pool, "us-east-1", "INACTIVE").await.0),
            ("InvalidParameterException".to_owned(), "InvalidParameterException".to_owned())
        );
        assert_eq!(status(&pool, "eu-west-1", "ACTIVE").await.0, "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn a_replica_serves_the_pool_under_its_own_arn_and_makes_no_users() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UserPoolTags": {"team": "red"}}), json!({})).await;
        pool.user("alice").await;
        let abroad = app.admin().in_region("eu-west-1");
        let named = json!({"UserPoolId": pool.id});
        assert_eq!(abroad.call("DescribeUserPool", named.clone()).await.code(), "ResourceNotFoundException");
        replicate(&pool, "eu-west-1").await;
        let arn = format!("arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/{}", pool.id);
        let described = abroad.call("DescribeUserPool", named.clone()).await.ok()["UserPool"].clone();
        assert_eq!((&described["Arn"], described.get("UserPoolTags")), (&json!(arn), None), "its tags are its own");
        let listed = abroad.call("ListUserPools", json!({"MaxResults": 10})).await.ok()["UserPools"].clone();
        assert_eq!((&listed[0]["Id"], listed.as_array().unwrap().len()), (&json!(pool.id), 1));
        assert_eq!(abroad.call("AdminGetUser", json!({"UserPoolId": pool.id, "Username": "alice"})).await.ok()["Username"], "alice");
        for (operation, more) in [
            ("AdminCreateUser", json!({"Username": "bob"})),
            ("AdminDeleteUser", json!({"Username": "alice"})),
            ("UpdateUserPool", json!({})),
            ("DeleteUserPool", json!({})),
            ("CreateUserPoolReplica", json!({"RegionName": "eu-west-2"})),
        ] {
            let mut input = more;
            input["UserPoolId"] = json!(pool.id);
            assert_eq!(abroad.call(operation, input).await.code(), "OperationNotEnabledException", "{operation}");
        }
        assert_eq!(abroad.call("AdminInitiateAuth", sign_in(&pool)).await.code(), "OperationNotEnabledException", "it is inactive");
        let update = json!({"UserPoolId": pool.id, "RegionName": "eu-west-1", "Status": "ACTIVE"});
        abroad.call("UpdateUserPoolReplica", update).await.ok();
        assert!(abroad.call("AdminInitiateAuth", sign_in(&pool)).await.ok()["AuthenticationResult"]["AccessToken"].is_string());
        abroad.call("TagResource", json!({"ResourceArn": arn, "Tags": {"team": "blue"}})).await.ok();
        assert_eq!(abroad.call("ListTagsForResource", json!({"ResourceArn": arn})).await.ok()["Tags"], json!({"team": "blue"}));
        assert_eq!(pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["UserPoolTags"], json!({"team": "red"}));
        assert_eq!(app.admin().in_region("eu-west-2").call("DescribeUserPool", named.clone()).await.code(), "ResourceNotFoundException");
        let other = app.root_of("111111111111").await;
        assert_eq!(other.in_region("eu-west-1").call("DescribeUserPool", named).await.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn a_replica_is_judged_by_its_own_arn_and_made_by_who_may_make_pools_there() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        replicate(&pool, "eu-west-1").await;
        let of = |region: &str| format!("arn:aws:cognito-idp:{region}:{ACCOUNT}:userpool/{}", pool.id);
        let there = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-2"}});
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": of("us-east-1")},
                {"Effect": "Allow", "Action": "cognito-idp:CreateUserPool", "Resource": "*", "Condition": there},
            ]))
            .await;
        let named = json!({"UserPoolId": pool.id});
        ann.call("DescribeUserPool", named.clone()).await.ok();
        assert_eq!(ann.in_region("eu-west-1").call("DescribeUserPool", named.clone()).await.code(), "AccessDeniedException");
        assert_eq!(ann.in_region("eu-west-1").call("DeleteUserPool", named).await.code(), "AccessDeniedException");
        for (region, code) in [("eu-west-3", "AccessDeniedException"), ("eu-west-2", "")] {
            let answer = ann.call("CreateUserPoolReplica", json!({"UserPoolId": pool.id, "RegionName": region})).await;
            assert_eq!(answer.code(), code, "{region}");
        }
    }
}
