//! Why an operation did not succeed.

use std::error::Error;

use serde_json::{Map, Value};

use crate::store::StoreError;

const PAUSED: &str = "The operation is not available while a point-in-time recovery of the user pool is in progress.";

/// Why an operation did not succeed.
#[derive(Debug)]
pub enum Fault {
    /// An error of the service's model: its shape's name, and the message.
    Modelled(&'static str, String),
    /// An error of the service's model that has members beside its message.
    Detailed(&'static str, String, Map<String, Value>),
    /// The caller may not do it: what they lack, in AWS's words.
    AccessDenied(String),
    /// The same, and what the denial rests on, sealed.
    Denied(String, String),
    /// A parameter that this deployment cannot honour.
    Validation(String),
    /// The request cannot be read as the operation's input.
    Serialization(String),
    /// More is asked at once than is answered in time; for services whose models have no error for it.
    Throttled,
    /// Our own failure: logged, never shown.
    Internal(Box<dyn Error>),
}

impl Fault {
    /// A budget is spent.
    #[must_use]
    pub fn too_many_requests() -> Self {
        Self::Modelled("TooManyRequestsException", "Too many requests".to_owned())
    }

    /// Our own failure; but what a pool refuses while it is being recovered is nobody's failure, however deep it was met.
    ///
    /// Source: Amazon Cognito API reference, InitiatePointInTimeRecovery, and OperationNotEnabledException: "when an operation is
    /// not available […] for the current user pool configuration".
    #[must_use]
    pub fn failure(source: Box<dyn Error>) -> Self {
        if StoreError::tells_of_pause(source.as_ref()) {
            return Self::Modelled("OperationNotEnabledException", PAUSED.to_owned());
        }
        Self::Internal(source)
    }

    /// Whether it may be the answer to a guess at who there is, or at their secrets.
    #[must_use]
    pub fn is_refused_sign_in(&self) -> bool {
        matches!(
            self,
            Self::Modelled(
                "NotAuthorizedException"
                    | "UserNotFoundException"
                    | "CodeMismatchException"
                    | "ExpiredCodeException"
                    // A pool's function may judge the guess.
                    | "UserLambdaValidationException",
                _
            )
        )
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::failure(Box::new(error))
    }
}
