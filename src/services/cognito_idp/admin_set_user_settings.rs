//! AdminSetUserSettings: text messages as a user's second factor, in the words from before AdminSetUserMFAPreference.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::factor_settings::{FactorSettings, MfaOption};
use crate::context::Context;
use crate::flows::second_factors;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    #[serde(rename = "MFAOptions")]
    mfa_options: Vec<MfaOption>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let wishes = FactorSettings::of_options(&request.mfa_options)?.wishes()?;
    second_factors::prefer_for(cx, &pool, &request.username, &wishes, None).await?;
    Ok(Response {})
}
