//! DeleteIdentityProvider: nobody comes from it any more. Whom it knew stay users.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_such_provider};
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::identity_provider::OWN;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    provider_name: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let name = request.provider_name;
    if name.eq_ignore_ascii_case(OWN) {
        return Err(Error::UnsupportedIdentityProvider(name));
    }
    let is_deleted = cx.write(async |tx| store::identity_providers::delete(tx, &pool.id, &name).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(no_such_provider(&name)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_client_is_for_providers_that_are_there_when_it_is_set() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let missing =
            pool.admin("CreateUserPoolClient", json!({"ClientName": "c", "SupportedIdentityProviders": ["COGNITO", "Corp"]})).await;
        let words = format!("The provider Corp does not exist for User Pool {}.", pool.id);
        assert_eq!(missing.error(), ("InvalidParameterException".to_owned(), words.clone()));
        let details = json!({"MetadataURL": "https://idp.example/m"});
        let provider = json!({"ProviderName": "Corp", "ProviderType": "SAML", "ProviderDetails": details});
        pool.admin("CreateIdentityProvider", provider).await.ok();
        let update = json!({"ClientId": pool.client_id, "SupportedIdentityProviders": ["COGNITO", "Corp"]});
        let updated = pool.admin("UpdateUserPoolClient", update.clone()).await.ok();
        assert_eq!(updated["UserPoolClient"]["SupportedIdentityProviders"], json!(["COGNITO", "Corp"]));
        pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.ok();
        assert_eq!(pool.admin("UpdateUserPoolClient", update).await.message(), words);
        assert_eq!(pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.code(), "ResourceNotFoundException");
    }
}
