//! The errors of user pools: what the flows refuse, as AWS names it.

use serde_json::{Map, Value};

use crate::flows::refresh::RefreshRefused;
use crate::flows::refused::Refused;
use crate::flows::sign_in::{SessionRefused, SignInRefused};
use crate::operation::{self, Fault};
use crate::userpools::challenge::Flow;

pub use crate::flows::refused::Refused as Error;

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let shape = match &refused {
            Refused::NoSuchPool(_) | Refused::NoSuchClient(_) => "ResourceNotFoundException",
            Refused::NoSuchUser => "UserNotFoundException",
            Refused::UsernameExists => "UsernameExistsException",
            Refused::AliasExists(_) => "AliasExistsException",
            Refused::NotAuthorized(_) => "NotAuthorizedException",
            Refused::Password(_) => "InvalidPasswordException",
            Refused::CodeMismatch => "CodeMismatchException",
            Refused::CodeExpired => "ExpiredCodeException",
            Refused::LimitExceeded => "LimitExceededException",
            Refused::InvalidParameter(_) => "InvalidParameterException",
            Refused::UnsupportedUserState(_) => "UnsupportedUserStateException",
            Refused::Busy => "TooManyRequestsException",
            Refused::Internal(_) => return Self::Internal(Box::new(refused)),
        };
        Self::Modelled(shape, refused.to_string())
    }
}

/// SECURITY: one answer for a wrong password and for a name that nobody has.
const INCORRECT: &str = "Incorrect username or password.";

impl From<SignInRefused> for Fault {
    fn from(refused: SignInRefused) -> Self {
        match refused {
            SignInRefused::FlowDisabled(flow) => invalid(format!("{} flow not enabled for this client", name_of(flow))),
            SignInRefused::NoSuchUser => Refused::NoSuchUser.into(),
            SignInRefused::Incorrect => not_authorized(INCORRECT),
            SignInRefused::Locked => not_authorized("Password attempts exceeded"),
            SignInRefused::CodesLocked => not_authorized("Code attempts exceeded"),
            SignInRefused::Disabled => not_authorized("User is disabled."),
            SignInRefused::NotConfirmed => modelled("UserNotConfirmedException", "User is not confirmed."),
            SignInRefused::PasswordResetRequired => modelled("PasswordResetRequiredException", "Password reset required for the user"),
            SignInRefused::TemporaryPasswordExpired => {
                not_authorized("Temporary password has expired and must be reset by an administrator.")
            }
            SignInRefused::Session(refused) => refused.into(),
            SignInRefused::WrongCode => modelled("CodeMismatchException", "Invalid code received for user"),
            SignInRefused::CodeUsed => modelled("ExpiredCodeException", "Your software token has already been used once."),
            SignInRefused::EnrolmentMismatch => modelled("EnableSoftwareTokenMFAException", "Code mismatch"),
            SignInRefused::NoPendingToken => modelled("SoftwareTokenMFANotFoundException", "User has not set up software token mfa"),
            SignInRefused::DeviceNameTooLong => invalid("FriendlyDeviceName must have length less than or equal to 256".to_owned()),
            SignInRefused::Attribute(refused) => Refused::from(refused).into(),
            SignInRefused::Shared(refused) => refused.into(),
        }
    }
}

impl From<SessionRefused> for Fault {
    fn from(refused: SessionRefused) -> Self {
        not_authorized(match refused {
            SessionRefused::Invalid => "Invalid session for the user.",
            SessionRefused::Expired => "Invalid session for the user, session is expired.",
            SessionRefused::Used => "Invalid session for the user, session can only be used once.",
            SessionRefused::AttemptsExceeded => "Invalid session for the user, attempts exceeded.",
        })
    }
}

impl From<RefreshRefused> for Fault {
    fn from(refused: RefreshRefused) -> Self {
        match refused {
            RefreshRefused::Disabled => invalid("REFRESH_TOKEN_AUTH flow not enabled for this client".to_owned()),
            RefreshRefused::Invalid => not_authorized("Invalid Refresh Token"),
            RefreshRefused::Revoked => not_authorized("Refresh Token has been revoked"),
            RefreshRefused::Expired => not_authorized("Refresh Token has expired"),
            RefreshRefused::UserDisabled => not_authorized("User is disabled."),
            RefreshRefused::Shared(refused) => refused.into(),
        }
    }
}

/// AuthFlow.
const fn name_of(flow: Flow) -> &'static str {
    match flow {
        Flow::Password => "USER_PASSWORD_AUTH",
        Flow::AdminPassword => "ADMIN_USER_PASSWORD_AUTH",
        Flow::Srp => "USER_SRP_AUTH",
    }
}

fn modelled(shape: &'static str, message: &str) -> Fault {
    Fault::Modelled(shape, message.to_owned())
}

fn not_authorized(message: &str) -> Fault {
    modelled("NotAuthorizedException", message)
}

fn invalid(message: String) -> Fault {
    Fault::Modelled("InvalidParameterException", message)
}

/// Refuses a member that we don't honour yet and that asks for something.
pub fn refuse_unsupported(rest: &Map<String, Value>) -> Result<(), Error> {
    operation::unsupported(rest).map_or(Ok(()), |name| Err(Error::parameter(format!("{name} is not supported"))))
}

/// Refuses the session by which a sign-up goes on into a sign-in (USER_AUTH): none was handed out.
pub fn no_session(given: Option<&str>) -> Result<(), Error> {
    given.map_or(Ok(()), |_| Err(Error::parameter("Session is not supported")))
}
