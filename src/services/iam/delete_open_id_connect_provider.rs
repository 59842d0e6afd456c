//! DeleteOpenIDConnectProvider: roles that trust it trust nobody by it any more. One that is not there is none to delete.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::oidc_provider;
use crate::context::Context;
use crate::iam::oidc_provider::OidcProvider;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
pub struct Request {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
}

impl Asks for Request {
    type Found = Option<OidcProvider>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Option<OidcProvider>>, Fault> {
        let Resolved { found, asks } = oidc_provider::found(cx, &self.arn).await?;
        Ok(Resolved { found: Ok(found.ok()), asks })
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, found: Option<OidcProvider>, _: Request) -> Result<Response, Error> {
    if let Some(provider) = found {
        cx.write(async |tx| store::iam::delete_oidc_provider(tx, &provider).await).await?;
    }
    Ok(Response {})
}
