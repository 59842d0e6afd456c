//! GetOpenIDConnectProvider.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::Tag;
use crate::iam::oidc_provider::OidcProvider;
use crate::kit::clock::Timestamp;

#[derive(Deserialize)]
pub struct Request {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
}

asks_about_oidc_provider!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    url: String,
    #[serde(rename = "ClientIDList")]
    client_ids: Vec<String>,
    #[serde(rename = "ThumbprintList")]
    thumbprints: Vec<String>,
    create_date: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

pub async fn handle(_: &Context, provider: OidcProvider, _: Request) -> Result<Response, Error> {
    let url = provider.name().to_owned();
    let OidcProvider { client_ids, thumbprints, mut tags, created_at, .. } = provider;
    tags.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(Response { url, client_ids, thumbprints, create_date: created_at, tags })
}
