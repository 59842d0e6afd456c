//! UntagOpenIDConnectProvider: a key that is not there is none to take away.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{oidc_provider, tags};
use crate::context::Context;
use crate::iam::oidc_provider::OidcProvider;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
pub struct Request {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "TagKeys")]
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = OidcProvider;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<OidcProvider>, Fault> {
        Ok(oidc_provider::found(cx, &self.arn).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, provider: OidcProvider, request: Request) -> Result<Response, Error> {
    oidc_provider::change(cx, &provider, |now| {
        let tags = tags::without(now.tags.clone(), &request.tag_keys);
        Ok(OidcProvider { tags, ..now })
    })
    .await?;
    Ok(Response {})
}
