//! The errors of user pools: what the flows refuse, as AWS names it.

use crate::flows::refused::Refused;
use crate::operation::{self, Fault};
use serde_json::{Map, Value};

pub use crate::flows::refused::Refused as Error;

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let shape = match &refused {
            Refused::NoSuchPool(_) | Refused::NoSuchClient(_) => "ResourceNotFoundException",
            Refused::NoSuchUser => "UserNotFoundException",
            Refused::UsernameExists => "UsernameExistsException",
            Refused::AliasExists(_) => "AliasExistsException",
            Refused::NotAuthorized(_) => "NotAuthorizedException",
            Refused::NotConfirmed => "UserNotConfirmedException",
            Refused::PasswordResetRequired => "PasswordResetRequiredException",
            Refused::Password(_) => "InvalidPasswordException",
            Refused::CodeMismatch | Refused::TotpMismatch => "CodeMismatchException",
            Refused::CodeExpired | Refused::TotpUsed => "ExpiredCodeException",
            Refused::EnrolmentMismatch => "EnableSoftwareTokenMFAException",
            Refused::LimitExceeded => "LimitExceededException",
            Refused::InvalidParameter(_) => "InvalidParameterException",
            Refused::SoftwareTokenNotFound => "SoftwareTokenMFANotFoundException",
            Refused::UnsupportedUserState(_) => "UnsupportedUserStateException",
            Refused::Busy => "TooManyRequestsException",
            Refused::Internal(_) => return Self::Internal(Box::new(refused)),
        };
        Self::Modelled(shape, refused.to_string())
    }
}

/// Refuses a member that we don't honour yet and that asks for something.
pub fn refuse_unsupported(rest: &Map<String, Value>) -> Result<(), Error> {
    operation::unsupported(rest).map_or(Ok(()), |name| Err(Error::parameter(format!("{name} is not supported"))))
}

/// Refuses the session by which a sign-up goes on into a sign-in (USER_AUTH): none was handed out.
pub fn no_session(given: Option<&str>) -> Result<(), Error> {
    given.map_or(Ok(()), |_| Err(Error::parameter("Session is not supported")))
}
