//! DeleteManagedLoginBranding: the client has no style any more.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::branding_answer::no_such_style;
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    managed_login_branding_id: String,
    user_pool_id: UserPoolId,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let is_deleted = cx.write(async |tx| store::branding::delete(tx, &pool.id, &request.managed_login_branding_id).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(no_such_style()) }
}
