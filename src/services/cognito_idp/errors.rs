//! The errors of user pools: what the flows refuse, as AWS names it.

use crate::flows::refused::Refused;
use crate::services::operation::{self, Fault};
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

/// What only triggers, analytics and risk rules read: taken, as AWS takes it where nothing listens.
const TAKEN: [&str; 5] = ["ClientMetadata", "ValidationData", "AnalyticsMetadata", "UserContextData", "ContextData"];

/// Refuses a member that we don't honour yet and that asks for something.
pub fn refuse_unsupported(rest: &Map<String, Value>) -> Result<(), Error> {
    let heard = rest.iter().filter(|(name, _)| !TAKEN.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone()));
    operation::unsupported(&heard.collect()).map_or(Ok(()), |name| Err(Error::parameter(format!("{name} is not supported"))))
}
