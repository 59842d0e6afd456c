//! DeleteUserPoolDomain: nobody signs in there any more, and the domain is anybody's to take.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    domain: String,
    user_pool_id: UserPoolId,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

/// One text for a domain that is not there and one that is another pool's.
pub const NO_SUCH_DOMAIN: &str = "No such domain or user pool exists.";

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let is_deleted = cx.write(async |tx| store::domains::delete(tx, &pool.id, &request.domain).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(Error::parameter(NO_SUCH_DOMAIN)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_pool_is_deleted_after_its_domain_which_is_anybodys_then() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        let words = "User pool cannot be deleted. It has a domain configured that should be deleted first.";
        let refused = pool.admin("DeleteUserPool", json!({})).await;
        assert_eq!(refused.error(), ("InvalidParameterException".to_owned(), words.to_owned()));
        pool.admin("DeleteUserPoolDomain", json!({"Domain": "app"})).await.ok();
        let again = pool.admin("DeleteUserPoolDomain", json!({"Domain": "app"})).await;
        assert_eq!(again.error(), ("InvalidParameterException".to_owned(), "No such domain or user pool exists.".to_owned()));
        let other = app.pool().await;
        other.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        pool.admin("DeleteUserPool", json!({})).await.ok();
        let described = app.admin().call("DescribeUserPoolDomain", json!({"Domain": "app"})).await.ok();
        assert_eq!(described["DomainDescription"]["UserPoolId"], json!(other.id));
    }
}
