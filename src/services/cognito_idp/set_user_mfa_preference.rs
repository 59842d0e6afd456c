//! SetUserMFAPreference.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::factor_settings::FactorSettings;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::second_factors;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    #[serde(flatten)]
    factors: FactorSettings,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    second_factors::prefer(cx, &holder, &request.factors.wishes()?, request.factors.passkeys()).await?;
    Ok(Response {})
}
