//! The errors of IAM.

use crate::crypto::argon2::Busy;
use crate::iam::login::PasswordRefused;
use crate::kit::long::Undone;
use crate::operation::Fault;
use crate::policy::ParseError;
use crate::store::StoreError;

/// Why nothing is deleted that has inline policies.
pub const POLICIES_FIRST: &str = "Cannot delete entity, must delete policies first.";

/// Why neither a group with users nor a user in a group is deleted.
pub const MEMBERS_FIRST: &str = "Cannot delete entity, must remove users from group first.";

/// An error of IAM.
#[derive(Debug)]
pub enum Error {
    /// Something still belongs to what is to go.
    DeleteConflict(&'static str),
    /// A name that is taken.
    EntityAlreadyExists(String),
    /// Nothing of that name.
    NoSuchEntity(String),
    /// A quota is reached.
    LimitExceeded(String),
    /// A policy document that is none.
    MalformedPolicyDocument(String),
    /// A value that the model allows and IAM does not.
    InvalidInput(String),
    /// A password that the account's policy does not take.
    PasswordPolicyViolation(PasswordRefused),
    /// It is being changed at this moment.
    EntityTemporarilyUnmodifiable(String),
    /// Two codes that are none of an MFA device's, or do not follow one another.
    InvalidAuthenticationCode,
    /// No credential report was made.
    ReportNotPresent,
    /// The newest credential report is too old.
    ReportExpired,
    /// No service has credentials of its own.
    ServiceNotSupported,
    /// Who calls is no IAM user.
    InvalidUserType(&'static str),
    /// A member that we don't honour yet.
    Unsupported(String),
    /// The caller may not: what they lack, in AWS's words.
    AccessDenied(String),
    /// A parameter that is needed here.
    Missing(String),
    /// More is asked at once than is answered in time.
    Busy,
    /// Our own failure.
    Internal(Box<dyn std::error::Error>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Undone> for Error {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Busy => Self::Busy,
            Undone::Failed(error) => Self::Internal(Box::new(error)),
        }
    }
}

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<PasswordRefused> for Error {
    fn from(refused: PasswordRefused) -> Self {
        Self::PasswordPolicyViolation(refused)
    }
}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::MalformedPolicyDocument(error.problem)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::DeleteConflict(message) => Self::Modelled("DeleteConflictException", message.to_owned()),
            Error::EntityAlreadyExists(message) => Self::Modelled("EntityAlreadyExistsException", message),
            Error::NoSuchEntity(message) => Self::Modelled("NoSuchEntityException", message),
            Error::LimitExceeded(message) => Self::Modelled("LimitExceededException", message),
            Error::MalformedPolicyDocument(message) => Self::Modelled("MalformedPolicyDocumentException", message),
            Error::InvalidInput(message) => Self::Modelled("InvalidInputException", message),
            Error::PasswordPolicyViolation(refused) => Self::Modelled("PasswordPolicyViolationException", refused.to_string()),
            Error::EntityTemporarilyUnmodifiable(message) => Self::Modelled("EntityTemporarilyUnmodifiableException", message),
            Error::InvalidAuthenticationCode => {
                let message = "Authentication code for device is not valid.".to_owned();
                Self::Modelled("InvalidAuthenticationCodeException", message)
            }
            Error::ReportNotPresent => {
                let message = "The credential report is not present: generate one first.".to_owned();
                Self::Modelled("CredentialReportNotPresentException", message)
            }
            Error::ReportExpired => {
                let message = "The newest credential report has expired: generate another.".to_owned();
                Self::Modelled("CredentialReportExpiredException", message)
            }
            Error::ServiceNotSupported => {
                let message = "The specified service does not support service-specific credentials.".to_owned();
                Self::Modelled("ServiceNotSupportedException", message)
            }
            Error::InvalidUserType(message) => Self::Modelled("InvalidUserTypeException", message.to_owned()),
            Error::Unsupported(name) => Self::Validation(format!("{name} is not supported")),
            Error::AccessDenied(message) => Self::AccessDenied(message),
            Error::Missing(message) => Self::Validation(message),
            Error::Busy => Self::Throttled,
            Error::Internal(source) => Self::Internal(source),
        }
    }
}
