//! GetSessionToken: temporary credentials of a user or the root, who may show a code of their MFA device.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::assume_role::CredentialsAnswer;
use super::errors::Error;
use super::mfa;
use crate::context::Context;
use crate::iam::caller::{Caller, SignIn, UserSession};
use crate::kit::id::UniqueId;
use crate::operation::unsupported;
use crate::store::StoreError;
use crate::tokens::session::{self, Held};

/// Where nothing is asked for (API reference, DurationSeconds).
const DEFAULT_SECONDS: i64 = 43_200;

/// The most that the root gets, however much it asks for (API reference, DurationSeconds).
const ROOT_SECONDS: i64 = 3600;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    duration_seconds: Option<i64>,
    serial_number: Option<String>,
    token_code: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credentials: CredentialsAnswer,
}

/// No permission is needed: the call's purpose is to show the code (IAM user guide, "Permissions for GetSessionToken").
pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    let asked = request.duration_seconds.unwrap_or(DEFAULT_SECONDS);
    let (account_id, owner_id, seconds) = match &cx.caller {
        Caller::User(user, None) => (user.account_id.clone(), user.id.clone(), asked),
        Caller::Root { account_id, sign_in: None } => (account_id.clone(), UniqueId::of_root(account_id), asked.min(ROOT_SECONDS)),
        _ => return Err(Error::AccessDenied("Cannot call GetSessionToken with session credentials".to_owned())),
    };
    let mfa_at = mfa::shown(cx, request.serial_number.as_deref(), request.token_code.as_deref()).await?;
    let issued_at = cx.now().millis();
    let sign_in = SignIn { issued_at, expires_at: issued_at + seconds * 1000, mfa_at: mfa_at.map(|at| at.millis()) };
    let held = Held::User(UserSession { account_id, owner_id, sign_in });
    let credentials = session::issue(&cx.keys.credentials, held, &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response { credentials: credentials.into() })
}

#[cfg(test)]
mod tests;
