//! UpdateUserPoolDomain: the version of the pages, and the certificate of a custom domain. What is not given stays.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::delete_user_pool_domain::NO_SUCH_DOMAIN;
use super::domain_request::{CustomDomainConfig, Response, refuse_routing};
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::domain::{DomainKind, UserPoolDomain, check, check_version};
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
    let updated = cx
        .write(async |tx| {
            let before = store::domains::of_pool(tx, &pool.id).await?.into_iter().find(|domain| domain.domain == request.domain);
            let before = before.ok_or_else(|| Error::ResourceNotFound(NO_SUCH_DOMAIN.to_owned()))?;
            let kind = match (&before.kind, request.custom_domain_config.clone()) {
                (DomainKind::Prefix, Some(_)) => return Err(Error::parameter("A prefix domain has no CustomDomainConfig.")),
                (kind, None) => kind.clone(),
                (DomainKind::Custom { .. }, given) => given.into(),
            };
            let managed_login_version = match request.managed_login_version {
                None => before.managed_login_version,
                given => check_version(given)?,
            };
            check(&before.domain, &kind)?;
            let after = UserPoolDomain { kind, managed_login_version, modified_at: cx.now(), ..before };
            store::domains::update(tx, &after).await?;
            Ok(after)
        })
        .await?;
    Ok(Response::of(cx, &updated.kind, updated.managed_login_version))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn the_pages_and_the_certificate_change_and_the_name_does_not() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let certificate = |number: u8| json!({"CertificateArn": format!("arn:aws:acm:us-east-1:000000000000:certificate/{number}")});
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        pool.admin("CreateUserPoolDomain", json!({"Domain": "a.example", "CustomDomainConfig": certificate(1)})).await.ok();
        let update = async |input: serde_json::Value| pool.admin("UpdateUserPoolDomain", input).await;
        assert_eq!(update(json!({"Domain": "app", "ManagedLoginVersion": 2})).await.ok(), json!({"ManagedLoginVersion": 2}));
        assert_eq!(update(json!({"Domain": "app"})).await.ok(), json!({"ManagedLoginVersion": 2}), "what is not given stays");
        update(json!({"Domain": "a.example", "CustomDomainConfig": certificate(2)})).await.ok();
        let described = app.admin().call("DescribeUserPoolDomain", json!({"Domain": "a.example"})).await.ok();
        assert_eq!(described["DomainDescription"]["CustomDomainConfig"], certificate(2));
        for (input, code) in [
            (json!({"Domain": "none"}), "ResourceNotFoundException"),
            (json!({"Domain": "app", "CustomDomainConfig": certificate(1)}), "InvalidParameterException"),
            (json!({"Domain": "app", "ManagedLoginVersion": 0}), "InvalidParameterException"),
            (json!({"Domain": "app", "Routing": {}}), "InvalidParameterException"),
        ] {
            assert_eq!(update(input.clone()).await.code(), code, "{input}");
        }
    }
}
