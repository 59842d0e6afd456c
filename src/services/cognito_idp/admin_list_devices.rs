//! AdminListDevices, paged by key.

use std::sync::Arc;

use serde::Deserialize;

use super::device_answer::Page;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    limit: Option<i64>,
    pagination_token: Option<String>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Page, Error> {
    let user = cx.read(async |tx| store::users::find(tx, &pool, &request.username).await).await?;
    // The model has no error of its own for a user who is not there.
    let user = user.ok_or_else(Error::no_such_user_resource)?;
    let place = ["AdminListDevices", pool.id.as_str(), user.id.as_str()];
    let asked = Asked::of(request.pagination_token.as_deref(), request.limit);
    let after = asked.after(cx, &place)?;
    let devices = cx.read(async |tx| store::devices::list(tx, &pool.id, &user.id, &after, asked.read()).await).await?;
    let (devices, next) = asked.cut(cx, &place, devices, |device| device.key.clone())?;
    Ok(Page::of(devices, next))
}
