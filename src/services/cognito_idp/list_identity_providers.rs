//! ListIdentityProviders, paged by name.

use std::sync::Arc;

use serde::Serialize;

use super::errors::Error;
use super::pages::PageOfPool;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::store;
use crate::userpools::identity_provider::IdentityProvider;
use crate::userpools::pool::Pool;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    providers: Vec<Described>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    provider_name: String,
    provider_type: &'static str,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: PageOfPool) -> Result<Response, Error> {
    let place = ["ListIdentityProviders", pool.id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let providers = cx.read(async |tx| store::identity_providers::list(tx, &pool.id, &after, asked.read()).await).await?;
    let (providers, next_token) = asked.cut(cx, &place, providers, |provider| provider.name.clone())?;
    let described = |provider: IdentityProvider| Described {
        provider_type: provider.kind.as_str(),
        provider_name: provider.name,
        last_modified_date: provider.modified_at,
        creation_date: provider.created_at,
    };
    Ok(Response { providers: providers.into_iter().map(described).collect(), next_token })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn pages_show_each_provider_once_and_nothing_of_its_details() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for name in ["Corp-b", "Corp-a", "Corp-c"] {
            let details = json!({"MetadataURL": "https://idp.example/m"});
            pool.admin("CreateIdentityProvider", json!({"ProviderName": name, "ProviderType": "SAML", "ProviderDetails": details}))
                .await
                .ok();
        }
        for limit in 1..=4 {
            let (mut found, mut input) = (Vec::new(), json!({"MaxResults": limit}));
            loop {
                let answer = pool.admin("ListIdentityProviders", input.clone()).await.ok();
                for provider in answer["Providers"].as_array().unwrap() {
                    let members: Vec<&str> = provider.as_object().unwrap().keys().map(String::as_str).collect();
                    assert_eq!(members, ["CreationDate", "LastModifiedDate", "ProviderName", "ProviderType"]);
                    found.push(provider["ProviderName"].as_str().unwrap().to_owned());
                }
                let Value::String(token) = &answer["NextToken"] else { break };
                input["NextToken"] = json!(token);
            }
            assert_eq!(found, ["Corp-a", "Corp-b", "Corp-c"], "pages of {limit}");
        }
        let first = pool.admin("ListIdentityProviders", json!({"MaxResults": 1})).await.ok();
        let elsewhere = app.pool().await.admin("ListIdentityProviders", json!({"NextToken": first["NextToken"]})).await;
        assert_eq!(elsewhere.code(), "InvalidParameterException", "a token serves its own list");
    }
}
