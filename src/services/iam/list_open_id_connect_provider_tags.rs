//! ListOpenIDConnectProviderTags, by key, paged.

use serde::Deserialize;

use super::errors::Error;
use super::pages::Asked;
use super::tags::TagsAnswer;
use crate::context::Context;
use crate::iam::oidc_provider::OidcProvider;

#[derive(Deserialize)]
pub struct Request {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "Marker")]
    marker: Option<String>,
    #[serde(rename = "MaxItems")]
    max_items: Option<i64>,
}

asks_about_oidc_provider!(Request);

pub async fn handle(cx: &Context, provider: OidcProvider, request: Request) -> Result<TagsAnswer, Error> {
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    TagsAnswer::page(cx, &provider.id, provider.tags, &asked)
}
