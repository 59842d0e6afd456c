//! The code of an MFA device that comes with a request for temporary credentials.

use super::errors::Error;
use crate::authz::{self, CodeRefused};
use crate::context::Context;
use crate::iam::caller::Caller;
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;

/// A serial number or a code, without the other.
const INCOMPLETE: &str = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";

/// No such device of the caller's.
const NO_DEVICE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";

/// A code that is wrong or was used.
const WRONG: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";

/// When the caller showed the code that a request has; `None` where it has none.
///
/// The code is used with it, whatever becomes of the request.
pub async fn shown(cx: &Context, serial: Option<&str>, code: Option<&str>) -> Result<Option<Timestamp>, Error> {
    let denied = |message: &str| Error::AccessDenied(message.to_owned());
    let (serial, code) = match (serial.filter(|serial| !serial.is_empty()), code.filter(|code| !code.is_empty())) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        _ => return Err(denied(INCOMPLETE)),
    };
    let (account_id, owner_id) = match &cx.caller {
        Caller::User(user, _) => (&user.account_id, user.id.clone()),
        Caller::Root { account_id, .. } => (account_id, UniqueId::of_root(account_id)),
        // A role has no device.
        Caller::Session(_) | Caller::Federated { .. } | Caller::Anonymous => return Err(denied(NO_DEVICE)),
    };
    match authz::prove_code(cx, account_id, &owner_id, Some(serial), code).await {
        Ok(at) => Ok(Some(at)),
        Err(CodeRefused::NoDevice) => Err(denied(NO_DEVICE)),
        Err(CodeRefused::Wrong | CodeRefused::Locked) => Err(denied(WRONG)),
        Err(CodeRefused::Store(error)) => Err(error.into()),
    }
}
