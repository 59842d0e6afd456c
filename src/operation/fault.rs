//! Why an operation did not succeed.

use std::error::Error;

use serde_json::{Map, Value};

use crate::store::StoreError;

/// Why an operation did not succeed.
#[derive(Debug)]
pub enum Fault {
    /// An error of the service's model: its shape's name, and the message.
    Modelled(&'static str, String),
    /// An error of the service's model that has members beside its message.
    Detailed(&'static str, String, Map<String, Value>),
    /// The caller may not do it: what they lack, in AWS's words.
    AccessDenied(String),
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
        Self::Internal(Box::new(error))
    }
}
