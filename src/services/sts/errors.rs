//! The errors of STS.

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
    /// Our own failure.
    Internal(Box<dyn std::error::Error>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::MalformedPolicyDocument(message) => Self::Modelled("MalformedPolicyDocumentException", message),
            Error::PackedPolicyTooLarge => {
                Self::Modelled("PackedPolicyTooLargeException", "Packed policy consumes more than 100% of its space.".to_owned())
            }
            Error::Unsupported(name) => Self::Validation(format!("{name} is not supported")),
            Error::AccessDenied(message) => Self::AccessDenied(message),
            Error::Validation(message) => Self::Validation(message),
            Error::Internal(source) => Self::Internal(source),
        }
    }
}
