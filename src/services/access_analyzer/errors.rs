//! The errors of IAM Access Analyzer.

use serde_json::{Map, Value, json};

use crate::operation::Fault;
use crate::store::StoreError;

/// An error of IAM Access Analyzer.
#[derive(Debug)]
pub enum Error {
    /// A member with a value that cannot be.
    Field {
        /// The member.
        name: &'static str,
        /// What is wrong with it.
        message: &'static str,
    },
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
            Error::Internal(error) => Self::Internal(error),
            Error::Field { name, message } => {
                let field = json!({"name": name, "message": message});
                let reason = ("reason".to_owned(), Value::from("fieldValidationFailed"));
                let members = Map::from_iter([reason, ("fieldList".to_owned(), Value::Array(vec![field]))]);
                Self::Detailed("ValidationException", message.to_owned(), members)
            }
        }
    }
}
