//! CreateOpenIDConnectProvider: whom roles may trust to say who somebody is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::Error;
use super::tags;
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::entity::Tag;
use crate::iam::oidc_provider::{self, OidcProvider, PER_ACCOUNT, ProviderRefused};
use crate::operation::{Ask, Asks, Fault, Resolved, unsupported};
use crate::store;
use crate::userpools::web_address::is_of_provider;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    url: String,
    #[serde(rename = "ClientIDList", default)]
    client_ids: Vec<String>,
    #[serde(rename = "ThumbprintList", default)]
    thumbprints: Vec<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        let ask = Ask::on(Arn::oidc_provider(&cx.account_id, oidc_provider::name_of(&self.url))).request_tags(&self.tags);
        Ok(Resolved::one(Ok(()), ask))
    }
}

#[derive(Serialize)]
pub struct Response {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: Arn,
    #[serde(rename = "Tags", skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    tags::check(&request.tags)?;
    oidc_provider::check_url(&request.url)?;
    // A pool of ours is an issuer, wherever we are reached.
    if !cx.is_own(&request.url) && !is_of_provider(&request.url, cx.federation.reaches_here()) {
        return Err(ProviderRefused::Url.into());
    }
    let provider = OidcProvider {
        account_id: cx.account_id.clone(),
        id: ids::unique_id("OIDC", &mut cx.rng()),
        url: request.url,
        client_ids: Vec::new(),
        thumbprints: Vec::new(),
        tags: request.tags,
        created_at: cx.now(),
    };
    let provider = provider.with_clients(request.client_ids)?.with_thumbprints(request.thumbprints)?;
    cx.write(async |tx| {
        if store::iam::count_oidc_providers(tx, &cx.account_id).await? >= PER_ACCOUNT {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for OpenIdConnectProvidersPerAccount: {PER_ACCOUNT}")));
        }
        match store::iam::insert_oidc_provider(tx, &provider).await {
            Err(error) if error.is_unique_violation() => Err(Error::EntityAlreadyExists("Provider with url already exists.".to_owned())),
            outcome => Ok(outcome?),
        }
    })
    .await?;
    Ok(Response { arn: provider.arn(), tags: provider.tags })
}
