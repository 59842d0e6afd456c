//! ListOpenIDConnectProviders: all of the account, the oldest first.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::store;

#[derive(Deserialize)]
pub struct Request {}

asks_about_everything!(Request);

#[derive(Serialize)]
pub struct Response {
    #[serde(rename = "OpenIDConnectProviderList")]
    providers: Vec<Listed>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    arn: Arn,
}

pub async fn handle(cx: &Context, (): (), _: Request) -> Result<Response, Error> {
    let providers = cx.read(async |tx| store::iam::list_oidc_providers(tx, &cx.account_id).await).await?;
    Ok(Response { providers: providers.iter().map(|provider| Listed { arn: provider.arn() }).collect() })
}
