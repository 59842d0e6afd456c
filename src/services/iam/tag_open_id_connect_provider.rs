//! TagOpenIDConnectProvider: a tag takes the place of one whose key differs in capitals only.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{oidc_provider, tags};
use crate::context::Context;
use crate::iam::entity::Tag;
use crate::iam::oidc_provider::OidcProvider;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
pub struct Request {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<Tag>,
}

impl Asks for Request {
    type Found = OidcProvider;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<OidcProvider>, Fault> {
        Ok(oidc_provider::found(cx, &self.arn).await?.asking(|ask| ask.request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, provider: OidcProvider, request: Request) -> Result<Response, Error> {
    oidc_provider::change(cx, &provider, |now| {
        let tags = tags::merged(&now.tags, &request.tags)?;
        Ok(OidcProvider { tags, ..now })
    })
    .await?;
    Ok(Response {})
}
