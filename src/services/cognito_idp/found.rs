//! What user-pool requests name, as it is found: a pool of the caller's account and of the call's region, or a client of it; and
//! what the others prove themselves by.

use std::sync::Arc;

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::{self, AppClient, NoSuchClient, NoSuchPool, Replicated};
use crate::iam::arn::Arn;
use crate::kit::id::{ClientId, UserPoolId};
use crate::operation::{Ask, Fault, INACTIVE_REPLICA, Resolved, SECONDARY_REGION};
use crate::userpools::pool::Pool;
use crate::userpools::replica::ReplicaStatus;

/// The pool that a request names, in its own region. Where another serves it, most operations are not enabled.
pub async fn pool(cx: &Context, pool_id: &UserPoolId) -> Result<Resolved<Arc<Pool>>, Fault> {
    let resolved = pool_in_any_region(cx, pool_id).await?;
    let in_its_own = |served: Served| match served {
        Served::ByPrimary(pool) => Ok(pool),
        Served::ByReplica(_) => Err(Error::OperationNotEnabled(SECONDARY_REGION).into()),
    };
    Ok(Resolved { found: resolved.found.and_then(in_its_own), asks: resolved.asks })
}

/// A pool, and which of its regions serves it.
pub enum Served {
    /// Its own.
    ByPrimary(Arc<Pool>),
    /// Another: the pool is as it is there.
    ByReplica(Replicated),
}

impl Served {
    /// The pool, as it is there.
    pub fn pool(self) -> Arc<Pool> {
        match self {
            Self::ByPrimary(pool) | Self::ByReplica(Replicated { pool, .. }) => pool,
        }
    }
}

/// The pool that a request names, as the region of the call serves it.
pub async fn pool_in_any_region(cx: &Context, pool_id: &UserPoolId) -> Result<Resolved<Served>, Fault> {
    if let Some(pool) = clients::own_pool(cx, pool_id).await? {
        return Ok(Resolved::one(Ok(Served::ByPrimary(Arc::clone(&pool))), ask(&pool)));
    }
    if let Some(replicated) = clients::own_replica(cx, pool_id).await? {
        let ask = ask(&replicated.pool);
        return Ok(Resolved::one(Ok(Served::ByReplica(replicated)), ask));
    }
    // What is not there is judged where it would be: whether it exists is for those to know who may ask about it.
    let missing = Error::from(NoSuchPool(pool_id.clone()));
    Ok(Resolved::one(Err(missing.into()), Ask::on(Arn::user_pool(&cx.region, &cx.account_id, pool_id))))
}

/// The client, of the pool, that a request names: it is the pool that is asked about.
pub async fn client(cx: &Context, pool_id: &UserPoolId, client_id: &ClientId) -> Result<Resolved<AppClient>, Fault> {
    let Resolved { found, asks } = pool(cx, pool_id).await?;
    Ok(Resolved { found: client_of(cx, found, client_id).await?, asks })
}

/// The same, for who signs somebody in or only looks: in every region that serves the pool, and users.
pub async fn client_in_any_region(cx: &Context, pool_id: &UserPoolId, client_id: &ClientId) -> Result<Resolved<AppClient>, Fault> {
    let Resolved { found, asks } = pool_in_any_region(cx, pool_id).await?;
    let serving = |served: Served| match served {
        Served::ByReplica(Replicated { status: ReplicaStatus::Inactive, .. }) => Err(Error::OperationNotEnabled(INACTIVE_REPLICA).into()),
        served => Ok(served.pool()),
    };
    Ok(Resolved { found: client_of(cx, found.and_then(serving), client_id).await?, asks })
}

async fn client_of(cx: &Context, pool: Result<Arc<Pool>, Fault>, client_id: &ClientId) -> Result<Result<AppClient, Fault>, Fault> {
    let pool = match pool {
        Ok(pool) => pool,
        Err(missing) => return Ok(Err(missing)),
    };
    let client = clients::find_in(cx, &pool, client_id).await?;
    Ok(client.ok_or_else(|| Error::from(NoSuchClient(client_id.clone())).into()))
}

/// The pool whose ARN a request gives. An ARN of anything but a pool is refused; a pool of another account, region or
/// partition is not there, and judged where it would be.
pub async fn pool_of_arn(cx: &Context, arn: &str) -> Result<Resolved<Arc<Pool>>, Fault> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let named = match parts.as_slice() {
        ["arn", _, "cognito-idp", _, _, resource] => resource.strip_prefix("userpool/"),
        _ => None,
    };
    let Some(id) = named.map(UserPoolId::from) else {
        return Ok(Resolved::one(Err(Error::parameter(format!("Invalid ARN: {arn} is not a user pool.")).into()), Ask::on("*")));
    };
    if Arn::user_pool(&cx.region, &cx.account_id, &id) == *arn {
        let Resolved { found, asks } = pool_in_any_region(cx, &id).await?;
        return Ok(Resolved { found: found.map(Served::pool), asks });
    }
    let missing = Error::from(NoSuchPool(id.clone()));
    Ok(Resolved::one(Err(missing.into()), Ask::on(Arn::user_pool(&cx.region, &cx.account_id, &id))))
}

/// What is asked of a pool, with its tags.
fn ask(pool: &Pool) -> Ask {
    let ask = Ask::on(Arn::user_pool(&pool.region, &pool.account_id, &pool.id));
    let tags = pool.configuration.user_pool_tags.iter();
    tags.fold(ask, |ask, (key, value)| ask.key(&format!("aws:ResourceTag/{key}"), value.as_str()))
}

/// The request asks about the pool of its `user_pool_id`.
macro_rules! asks_about_pool {
    ($request:ty) => {
        asks!($request => std::sync::Arc<$crate::userpools::pool::Pool>, |asked, cx| $crate::services::cognito_idp::found::pool(cx, &asked.user_pool_id).await);
    };
}

/// The request asks about the pool of its `user_pool_id`, as any region that serves it may answer.
macro_rules! asks_about_pool_in_any_region {
    ($request:ty) => {
        asks!($request => std::sync::Arc<$crate::userpools::pool::Pool>, |asked, cx| {
            use $crate::services::cognito_idp::found::{Served, pool_in_any_region};
            let $crate::operation::Resolved { found, asks } = pool_in_any_region(cx, &asked.user_pool_id).await?;
            Ok($crate::operation::Resolved { found: found.map(Served::pool), asks })
        });
    };
}

/// The request asks about the pool of its `user_pool_id`, and names a client of it.
macro_rules! asks_about_client {
    ($request:ty) => {
        asks!($request => $crate::flows::clients::AppClient, |asked, cx| $crate::services::cognito_idp::found::client(cx, &asked.user_pool_id, &asked.client_id).await);
    };
}

/// The same, as any region that serves the pool and its users may answer.
macro_rules! asks_about_client_in_any_region {
    ($request:ty) => {
        asks!($request => $crate::flows::clients::AppClient, |asked, cx| $crate::services::cognito_idp::found::client_in_any_region(cx, &asked.user_pool_id, &asked.client_id).await);
    };
}

/// The request is one of the client of its `client_id`, whose secret its `secret_hash` proves over its `username`.
macro_rules! proves_secret_by_username {
    ($request:ty) => {
        impl $crate::operation::OfClient for $request {
            fn client_id(&self) -> &ClientId {
                &self.client_id
            }

            fn proof(&self) -> $crate::operation::Proof<'_> {
                $crate::operation::Proof::SecretHash { username: &self.username, hash: self.secret_hash.as_deref() }
            }
        }
    };
}

/// The request always carries an `access_token`.
macro_rules! carries_access_token {
    ($request:ty) => {
        impl $crate::operation::OfHolder for $request {
            fn access_token(&self) -> Option<&str> {
                Some(&self.access_token)
            }
        }
    };
}

/// The request carries an `access_token`, which its model leaves out of what must be given: without one there is no holder.
macro_rules! carries_optional_access_token {
    ($request:ty) => {
        impl $crate::operation::OfHolder for $request {
            fn access_token(&self) -> Option<&str> {
                self.access_token.as_deref()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn the_region_of_a_signature_neither_evades_a_deny_nor_lends_an_allow() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let denied = format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{}", pool.id);
        let elsewhere = format!("arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/*");
        let statements = json!([
            {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": [elsewhere, "*"]},
            {"Effect": "Deny", "Action": "cognito-idp:*", "Resource": denied},
        ]);
        let ann = app.user_with(statements).await;
        for (operation, input) in [
            ("DescribeUserPool", json!({"UserPoolId": pool.id})),
            ("AdminCreateUser", json!({"UserPoolId": pool.id, "Username": "mallory"})),
            ("DescribeUserPoolClient", json!({"UserPoolId": pool.id, "ClientId": pool.client_id})),
        ] {
            assert_eq!(ann.call(operation, input.clone()).await.code(), "AccessDeniedException", "{operation}");
            let abroad = ann.in_region("eu-west-1").call(operation, input).await;
            assert_eq!(abroad.code(), "ResourceNotFoundException", "{operation}: a pool is in its own region only");
        }
    }

    #[actix_web::test]
    async fn what_is_no_region_signs_nothing() {
        let app = TestApp::new().await;
        for region in ["*", "<script>", "us-east", &"x".repeat(5_000)] {
            let answer = app.admin().in_region(region).call("CreateUserPool", json!({"PoolName": "p"})).await;
            assert_eq!(answer.code(), "InvalidSignatureException", "{region:.20}");
        }
    }

    #[actix_web::test]
    async fn a_member_that_the_model_does_not_know_is_not_what_a_call_is_judged_on() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let own = format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{}", pool.id);
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": own}])).await;
        let listed = ann.call("ListUserPools", json!({"MaxResults": 10, "UserPoolId": pool.id})).await;
        assert_eq!(listed.code(), "AccessDeniedException");
        ann.call("DescribeUserPool", json!({"UserPoolId": pool.id})).await.ok();
    }

    #[actix_web::test]
    async fn whether_a_pool_exists_is_told_to_those_who_may_ask_about_it() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "arn:aws:s3:::none"}])).await;
        let pool = app.pool().await;
        for id in [pool.id.as_str(), "us-east-1_000000000"] {
            assert_eq!(ann.call("DescribeUserPool", json!({"UserPoolId": id})).await.code(), "AccessDeniedException");
        }
    }
}
