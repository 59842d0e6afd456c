//! ListAccountAliases: the one that there is.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    account_aliases: Vec<String>,
    is_truncated: bool,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let alias = cx.read(async |tx| store::iam::account_alias(tx, &cx.account_id).await).await?;
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let place = ["account aliases", cx.account_id.as_str()];
    let (account_aliases, marker) = asked.of_whole(cx, &place, alias.into_iter().collect(), String::clone)?;
    Ok(Response { account_aliases, is_truncated: marker.is_some() })
}
