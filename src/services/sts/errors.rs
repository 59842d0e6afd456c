//! The errors of STS.

use crate::flows::vouched::NotVouched;
use crate::operation::Fault;
use crate::store::StoreError;

/// An error of STS.
#[derive(Debug)]
pub enum Error {
    /// A session policy that is none.
    MalformedPolicyDocument(String),
    /// Session policies that are too large.
    PackedPolicyTooLarge,
    /// A parameter that we don't honour yet.
    Unsupported(String),
    /// The caller may not, in AWS's words.
    AccessDenied(String),
    /// A value that the model allows and STS does not.
    Validation(String),
    /// A text that is no denial's.
    InvalidAuthorizationMessage,
    /// A token that vouches for nobody.
    InvalidIdentityToken(String),
    /// A token that had its time.
    ExpiredToken(String),
    /// A token that who made it stands by no more.
    IdpRejectedClaim(String),
    /// Whoever vouches is not reached.
    IdpCommunication(String),
    /// Our own failure.
    Internal(Box<dyn std::error::Error>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<NotVouched> for Error {
    fn from(why: NotVouched) -> Self {
        let message = why.to_string();
        match why {
            NotVouched::Invalid(_) => Self::InvalidIdentityToken(message),
            NotVouched::Expired => Self::ExpiredToken(message),
            NotVouched::Rejected(_) => Self::IdpRejectedClaim(message),
            NotVouched::Unreached => Self::IdpCommunication(message),
            NotVouched::Internal(error) => error.into(),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::MalformedPolicyDocument(message) => Self::Modelled("MalformedPolicyDocumentException", message),
            Error::PackedPolicyTooLarge => {
                Self::Modelled("PackedPolicyTooLargeException", "Packed policy consumes more than 100% of its space.".to_owned())
            }
            Error::InvalidAuthorizationMessage => {
                let message = "Message is not valid".to_owned();
                Self::Modelled("InvalidAuthorizationMessageException", message)
            }
            Error::InvalidIdentityToken(message) => Self::Modelled("InvalidIdentityTokenException", message),
            Error::ExpiredToken(message) => Self::Modelled("ExpiredTokenException", message),
            Error::IdpRejectedClaim(message) => Self::Modelled("IDPRejectedClaimException", message),
            Error::IdpCommunication(message) => Self::Modelled("IDPCommunicationErrorException", message),
            Error::Unsupported(name) => Self::Validation(format!("{name} is not supported")),
            Error::AccessDenied(message) => Self::AccessDenied(message),
            Error::Validation(message) => Self::Validation(message),
            Error::Internal(source) => Self::Internal(source),
        }
    }
}
