//! SetUserMFAPreference: TOTP. The other factors are refused until they are built.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::software_token;
use crate::userpools::user::MfaPreference;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    software_token_mfa_settings: Option<Settings>,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<Settings>,
    email_mfa_settings: Option<Settings>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

carries_access_token!(Request);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    preferred_mfa: bool,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    let others = [&request.sms_mfa_settings, &request.email_mfa_settings];
    if others.into_iter().flatten().any(|settings| settings.enabled || settings.preferred_mfa) {
        return Err(Error::parameter("User does not have delivery config set to turn on SMS_MFA"));
    }
    let Some(settings) = request.software_token_mfa_settings else { return Ok(Response {}) };
    let preference = MfaPreference { software_token_enabled: settings.enabled, software_token_preferred: settings.preferred_mfa };
    software_token::prefer(cx, &holder, preference).await?;
    Ok(Response {})
}
