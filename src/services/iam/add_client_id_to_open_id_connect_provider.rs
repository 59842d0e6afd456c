//! AddClientIDToOpenIDConnectProvider: adding one twice is no error.

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
    oidc_provider::change(cx, &provider, |now| Ok(now.with_clients([request.client_id.clone()])?)).await?;
    Ok(Response {})
}
