//! GetIdentityProviderByIdentifier.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::provider_answer::Response;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store::{self, StoreError};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    idp_identifier: String,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let read = cx.read(async |tx| {
        let Some(name) = store::identity_providers::name_of(tx, &pool.id, &request.idp_identifier).await? else {
            return Ok::<_, StoreError>(None);
        };
        store::identity_providers::find(tx, &pool.id, &name).await
    });
    let provider = read.await?;
    let missing = || Error::ResourceNotFound(format!("Identity provider with identifier {} does not exist.", request.idp_identifier));
    Response::of(cx, provider.ok_or_else(missing)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_provider_is_found_by_each_of_its_identifiers_and_by_no_others() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let details = json!({"MetadataURL": "https://idp.example/m"});
        let input = json!({"ProviderName": "Corp", "ProviderType": "SAML", "ProviderDetails": details, "IdpIdentifiers": ["b.example", "a.example"]});
        let created = pool.admin("CreateIdentityProvider", input).await.ok();
        let find = async |identifier: &str| pool.admin("GetIdentityProviderByIdentifier", json!({"IdpIdentifier": identifier})).await;
        for identifier in ["a.example", "b.example"] {
            let found = find(identifier).await.ok();
            assert_eq!(found["IdentityProvider"]["ProviderName"], created["IdentityProvider"]["ProviderName"]);
            assert_eq!(found["IdentityProvider"]["IdpIdentifiers"], json!(["a.example", "b.example"]));
        }
        for identifier in ["Corp", "A.example", "c.example"] {
            assert_eq!(find(identifier).await.code(), "ResourceNotFoundException", "{identifier}");
        }
        pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.ok();
        assert_eq!(find("a.example").await.code(), "ResourceNotFoundException");
    }
}
