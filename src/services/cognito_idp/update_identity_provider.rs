//! UpdateIdentityProvider: each member that is given takes the place of the one before; what is not given stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::create_identity_provider::{identify, seal};
use super::errors::{Error, no_such_provider};
use super::provider_answer::{Response, reached};
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::attributes::full_schema;
use crate::userpools::identity_provider::{Details, OWN, check_acr, check_mapping};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    provider_name: String,
    provider_details: Option<BTreeMap<String, String>>,
    attribute_mapping: Option<BTreeMap<String, String>>,
    idp_identifiers: Option<Vec<String>>,
    acr_mapping: Option<BTreeMap<String, String>>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let name = &request.provider_name;
    if name.eq_ignore_ascii_case(OWN) {
        return Err(Error::UnsupportedIdentityProvider(name.clone()));
    }
    let schema = full_schema(&pool.configuration.schema);
    let provider = cx
        .write(async |tx| {
            let mut provider = store::identity_providers::find(tx, &pool.id, name).await?.ok_or_else(|| no_such_provider(name))?;
            if let Some(details) = request.provider_details.clone() {
                let details = Details::check(provider.kind, details, reached(cx))?;
                provider.sealed_secrets = seal(cx, &pool, name, &details)?;
                provider.configuration.details = details.open;
            }
            if let Some(mapping) = request.attribute_mapping.clone() {
                provider.configuration.attribute_mapping = check_mapping(provider.kind, &schema, mapping)?;
            }
            if let Some(mapping) = request.acr_mapping.clone() {
                check_acr(provider.kind, &mapping)?;
                provider.configuration.acr_mapping = mapping;
            }
            if let Some(identifiers) = request.idp_identifiers.clone() {
                provider.identifiers = identifiers;
                identify(tx, &provider).await?;
            }
            provider.modified_at = cx.now();
            store::identity_providers::update(tx, &provider).await?;
            Ok::<_, Error>(provider)
        })
        .await?;
    Response::of(cx, provider)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::TestApp;

    fn details() -> Value {
        json!({"client_id": "c", "client_secret": "s", "authorize_scopes": "email"})
    }

    #[actix_web::test]
    async fn what_is_given_takes_the_place_of_what_was_there_and_the_rest_stays() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given = json!({"ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details(),
                           "AttributeMapping": {"email": "email"}, "IdpIdentifiers": ["a", "b"]});
        let created = pool.admin("CreateIdentityProvider", given).await.ok()["IdentityProvider"].clone();
        let update = async |more: Value| {
            let mut input = json!({"ProviderName": "Google"});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            pool.admin("UpdateIdentityProvider", input).await
        };
        app.advance(Duration::from_secs(1));
        let mut expected = created.clone();
        let updated = update(json!({"AttributeMapping": {"name": "name"}, "IdpIdentifiers": ["b", "c"]})).await.ok();
        expected["AttributeMapping"] = json!({"name": "name", "username": "sub"});
        expected["IdpIdentifiers"] = json!(["b", "c"]);
        expected["LastModifiedDate"] = updated["IdentityProvider"]["LastModifiedDate"].clone();
        assert_eq!(updated["IdentityProvider"], expected);
        assert!(expected["LastModifiedDate"].as_f64() > created["LastModifiedDate"].as_f64());
        assert_eq!(pool.admin("DescribeIdentityProvider", json!({"ProviderName": "Google"})).await.ok(), updated);
        let mut other = details();
        other["client_secret"] = json!("other");
        let updated = update(json!({"ProviderDetails": other})).await.ok();
        assert_eq!(updated["IdentityProvider"]["ProviderDetails"]["client_secret"], "other");
        let refused = update(json!({"ProviderDetails": {"client_id": "c"}, "IdpIdentifiers": ["z"]})).await;
        assert_eq!(refused.code(), "InvalidParameterException");
        assert_eq!(update(json!({"AcrMapping": {"Level1": "x"}})).await.code(), "InvalidParameterException");
        let now = pool.admin("DescribeIdentityProvider", json!({"ProviderName": "Google"})).await.ok();
        assert_eq!(now["IdentityProvider"]["IdpIdentifiers"], json!(["b", "c"]), "what is refused changes nothing");
    }

    #[actix_web::test]
    async fn only_a_provider_that_is_there_is_changed_or_deleted_and_only_by_who_may() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:CreateIdentityProvider", "Resource": "*"}])).await;
        for operation in ["UpdateIdentityProvider", "DeleteIdentityProvider"] {
            let call = async |name: &str| pool.admin(operation, json!({"ProviderName": name})).await;
            assert_eq!(
                call("None").await.error(),
                ("ResourceNotFoundException".to_owned(), "Identity provider None does not exist.".to_owned())
            );
            assert_eq!(call("COGNITO").await.code(), "UnsupportedIdentityProviderException");
            let refused = ann.call(operation, json!({"UserPoolId": pool.id, "ProviderName": "None"})).await;
            assert_eq!(refused.code(), "AccessDeniedException", "{operation}");
        }
    }
}
