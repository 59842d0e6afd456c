//! RemoveClientIDFromOpenIDConnectProvider: one that is not there is none to take away.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::oidc_provider;
use crate::context::Context;
use crate::iam::oidc_provider::OidcProvider;

#[derive(Deserialize)]
pub struct Request {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "ClientID")]
    client_id: String,
}

asks_about_oidc_provider!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, provider: OidcProvider, request: Request) -> Result<Response, Error> {
    oidc_provider::change(cx, &provider, |now| {
        let client_ids = now.client_ids.iter().filter(|client| **client != request.client_id).cloned().collect();
        Ok(OidcProvider { client_ids, ..now })
    })
    .await?;
    Ok(Response {})
}
