//! AdminGetUser.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, MfaSettings, attributes, find_user};
use super::errors::Error;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    username: String,
    user_attributes: Vec<Attribute>,
    user_create_date: Timestamp,
    user_last_modified_date: Timestamp,
    enabled: bool,
    user_status: &'static str,
    #[serde(flatten)]
    mfa: MfaSettings,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let user = find_user(cx, &pool, &request.username).await?;
    Ok(Response {
        user_attributes: attributes(&user, |_| true),
        mfa: MfaSettings::of(&user),
        user_create_date: user.created_at,
        user_last_modified_date: user.modified_at,
        enabled: user.enabled,
        user_status: user.status.as_str(),
        username: user.username,
    })
}
