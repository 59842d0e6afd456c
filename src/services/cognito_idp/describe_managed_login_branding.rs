//! DescribeManagedLoginBranding.

use std::sync::Arc;

use serde::Deserialize;

use super::branding_answer::{Response, no_such_style};
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    managed_login_branding_id: String,
    #[serde(default)]
    return_merged_resources: bool,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.read(async |tx| {
        let style = store::branding::find(tx, &pool.id, &request.managed_login_branding_id).await?.ok_or_else(no_such_style)?;
        Ok(Response::read(tx, style, request.return_merged_resources).await?)
    })
    .await
}
