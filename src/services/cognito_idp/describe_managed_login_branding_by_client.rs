//! DescribeManagedLoginBrandingByClient.

use serde::Deserialize;

use super::branding_answer::{Response, no_such_style};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    #[serde(default)]
    return_merged_resources: bool,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, AppClient { pool, client, .. }: AppClient, request: Request) -> Result<Response, Error> {
    cx.read(async |tx| {
        let style = store::branding::of_client(tx, &pool.id, &client.id).await?.ok_or_else(no_such_style)?;
        Ok(Response::read(tx, style, request.return_merged_resources).await?)
    })
    .await
}
