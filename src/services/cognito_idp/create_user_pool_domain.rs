//! CreateUserPoolDomain: where a pool's users sign in. A domain is one pool's in the whole deployment.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::domain_request::{CustomDomainConfig, Response, refuse_routing};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::store::domains::Inserted;
use crate::userpools::domain::{UserPoolDomain, check, check_version};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    domain: String,
    user_pool_id: UserPoolId,
    managed_login_version: Option<i64>,
    custom_domain_config: Option<CustomDomainConfig>,
    routing: Option<Value>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    refuse_routing(request.routing.as_ref())?;
    let now = cx.now();
    let domain = UserPoolDomain {
        pool_id: pool.id.clone(),
        domain: request.domain,
        kind: request.custom_domain_config.into(),
        managed_login_version: check_version(request.managed_login_version)?,
        created_at: now,
        modified_at: now,
    };
    check(&domain.domain, &domain.kind)?;
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        match store::domains::insert(tx, &domain).await? {
            Inserted::Done => Ok(()),
            Inserted::Taken => Err(Error::parameter("Domain already associated with another user pool.")),
            Inserted::HasOne => Err(Error::parameter("User pool already has a domain configured.")),
        }
    })
    .await?;
    Ok(Response::of(cx, &domain.kind, domain.managed_login_version))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    const CERTIFICATE: &str = "arn:aws:acm:us-east-1:000000000000:certificate/1-2";

    fn custom(domain: &str) -> Value {
        json!({"Domain": domain, "CustomDomainConfig": {"CertificateArn": CERTIFICATE, "SecurityPolicy": "TLS_V1_2_2021"}})
    }

    #[actix_web::test]
    async fn a_pool_has_a_prefix_and_a_custom_domain_and_tells_of_them() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let made = pool.admin("CreateUserPoolDomain", json!({"Domain": "app-1"})).await.ok();
        assert_eq!(made, json!({"ManagedLoginVersion": 1}));
        let mut input = custom("auth.example.com");
        input["ManagedLoginVersion"] = json!(2);
        let made = pool.admin("CreateUserPoolDomain", input).await.ok();
        assert_eq!(made["ManagedLoginVersion"], 2);
        assert!(!made["CloudFrontDomain"].as_str().unwrap().contains(['/', ':']));
        let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        assert_eq!((&described["Domain"], &described["CustomDomain"]), (&json!("app-1"), &json!("auth.example.com")));
        let domain = app.admin().call("DescribeUserPoolDomain", json!({"Domain": "auth.example.com"})).await.ok();
        let expected = json!({
            "UserPoolId": pool.id, "AWSAccountId": crate::testing::ACCOUNT, "Domain": "auth.example.com", "Status": "ACTIVE",
            "ManagedLoginVersion": 2, "CloudFrontDistribution": made["CloudFrontDomain"],
            "CustomDomainConfig": {"CertificateArn": CERTIFICATE, "SecurityPolicy": "TLS_V1_2_2021"},
            "Version": domain["DomainDescription"]["Version"],
        });
        assert_eq!(domain["DomainDescription"], expected);
        for another in [json!({"Domain": "app-2"}), custom("other.example.com")] {
            let refused = pool.admin("CreateUserPoolDomain", another).await;
            assert_eq!(refused.error(), ("InvalidParameterException".to_owned(), "User pool already has a domain configured.".to_owned()));
        }
        // What was refused is nobody's.
        app.pool().await.admin("CreateUserPoolDomain", json!({"Domain": "app-2"})).await.ok();
    }

    #[actix_web::test]
    async fn a_domain_is_one_pools_whoever_asks() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        let other = app.pool().await;
        let taken = other.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await;
        assert_eq!(taken.error(), ("InvalidParameterException".to_owned(), "Domain already associated with another user pool.".to_owned()));
        for operation in ["DeleteUserPoolDomain", "UpdateUserPoolDomain"] {
            let elsewhere = other.admin(operation, json!({"Domain": "app"})).await;
            assert_ne!(elsewhere.status, 200, "{operation}: it is another pool's");
        }
        let stranger = app.root_of("111111111111").await;
        let described = stranger.call("DescribeUserPoolDomain", json!({"Domain": "app"})).await.ok();
        assert_eq!(described, json!({"DomainDescription": {}}), "another account's is not told from none");
        assert_eq!(stranger.call("DescribeUserPoolDomain", json!({"Domain": "none"})).await.ok(), described);
    }

    #[actix_web::test]
    async fn of_many_who_take_a_domain_at_once_one_gets_it() {
        let app = TestApp::new().await;
        let pools = [app.pool().await, app.pool().await, app.pool().await];
        let takers = pools.iter().map(|pool| pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})));
        let taken = futures_util::future::join_all(takers).await.into_iter().filter(|answer| answer.status == 200).count();
        assert_eq!(taken, 1);
    }

    #[actix_web::test]
    async fn what_is_no_domain_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let reserved = pool.admin("CreateUserPoolDomain", json!({"Domain": "my-cognito"})).await;
        assert_eq!(reserved.message(), "Domain cannot contain reserved word: cognito");
        for input in [
            json!({"Domain": "App"}),
            json!({"Domain": "a.b"}),
            json!({"Domain": "a_b"}),
            json!({"Domain": "-a"}),
            json!({"Domain": "a", "ManagedLoginVersion": 3}),
            json!({"Domain": "a", "Routing": {"Failover": {"SecondaryRegion": "eu-west-1", "PrimaryRoute53HealthCheckId": "x"}}}),
            custom("localhost"),
            custom("127.0.0.1"),
            json!({"Domain": "auth.example.com", "CustomDomainConfig": {"CertificateArn": "arn:aws:iam::000000000000:role/a"}}),
        ] {
            assert_eq!(pool.admin("CreateUserPoolDomain", input.clone()).await.code(), "InvalidParameterException", "{input}");
        }
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool", "Resource": "*"}])).await;
        for operation in ["CreateUserPoolDomain", "UpdateUserPoolDomain", "DeleteUserPoolDomain", "DescribeUserPoolDomain"] {
            let refused = ann.call(operation, json!({"UserPoolId": pool.id, "Domain": "app"})).await;
            assert_eq!(refused.code(), "AccessDeniedException", "{operation}");
        }
    }
}
