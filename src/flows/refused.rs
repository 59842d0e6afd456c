//! Why a flow of a user pool does not go on, in the domain's words.

use crate::crypto::argon2::Busy;
use crate::delivery::SendRefused;
use crate::store::StoreError;
use crate::userpools::attributes::AttributeRefused;
use crate::userpools::name::NameRefused;
use crate::userpools::password_policy::PasswordRefused;

/// Why a flow does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No pool of that id.
    #[error("User pool {0} does not exist.")]
    NoSuchPool(String),
    /// No client of that id.
    #[error("User pool client {0} does not exist.")]
    NoSuchClient(String),
    /// No user of that name, where that may be said.
    #[error("User does not exist.")]
    NoSuchUser,
    /// A name that is taken.
    #[error("User already exists")]
    UsernameExists,
    /// An address that another user has.
    #[error("An account with the {0} already exists.")]
    AliasExists(String),
    /// Not allowed, and why.
    #[error("{0}")]
    NotAuthorized(String),
    /// A password that the policy refuses.
    #[error("{0}")]
    Password(#[from] PasswordRefused),
    /// A wrong code.
    #[error("Invalid verification code provided, please try again.")]
    CodeMismatch,
    /// A code that is old, used, or of nobody.
    #[error("Invalid code provided, please request a code again.")]
    CodeExpired,
    /// Too many codes asked for or tried.
    #[error("Attempt limit exceeded, please try after some time.")]
    LimitExceeded,
    /// A parameter that is wrong in a way that the model does not know.
    #[error("{0}")]
    InvalidParameter(String),
    /// A user in a state that has no such step.
    #[error("{0}")]
    UnsupportedUserState(String),
    /// The hashing queue is full.
    #[error("Too many requests")]
    Busy,
    /// Our own failure.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error>),
}

impl Refused {
    /// Not allowed, and why.
    pub fn not_authorized(why: &str) -> Self {
        Self::NotAuthorized(why.to_owned())
    }

    /// A parameter that is wrong.
    pub fn parameter(why: impl Into<String>) -> Self {
        Self::InvalidParameter(why.into())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<SendRefused> for Refused {
    fn from(refused: SendRefused) -> Self {
        match refused {
            SendRefused::TooMany => Self::LimitExceeded,
            SendRefused::Store(error) => error.into(),
        }
    }
}

impl From<Busy> for Refused {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<NameRefused> for Refused {
    fn from(refused: NameRefused) -> Self {
        Self::InvalidParameter(refused.to_string())
    }
}

impl From<AttributeRefused> for Refused {
    fn from(refused: AttributeRefused) -> Self {
        match refused {
            AttributeRefused::Unauthorized => Self::NotAuthorized(refused.to_string()),
            AttributeRefused::Unknown(_) | AttributeRefused::Missing(_) | AttributeRefused::Immutable(_) | AttributeRefused::Invalid(_) => {
                Self::InvalidParameter(refused.to_string())
            }
        }
    }
}
