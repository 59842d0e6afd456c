//! Why a sign-in does not go on.

use crate::crypto::argon2::Busy;
use crate::flows::refused::Refused;
use crate::store::StoreError;
use crate::userpools::attributes::AttributeRefused;
use crate::userpools::challenge::{Flow, NextRefused};

/// Why a sign-in does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// The client does not take the flow.
    #[error("the flow {0:?} is not enabled for the client")]
    FlowDisabled(Flow),
    /// Nobody of that name, where that may be said.
    #[error("no such user")]
    NoSuchUser,
    /// A wrong password, or nobody of that name.
    #[error("wrong name or password")]
    Incorrect,
    /// Too many wrong passwords for that name, whoever it is of.
    #[error("locked after wrong passwords")]
    Locked,
    /// Too many wrong codes.
    #[error("locked after wrong codes")]
    CodesLocked,
    /// The user may not sign in.
    #[error("the user is disabled")]
    Disabled,
    /// Signed up, not confirmed.
    #[error("the user is not confirmed")]
    NotConfirmed,
    /// The password must be reset first.
    #[error("the password must be reset")]
    PasswordResetRequired,
    /// The temporary password is too old.
    #[error("the temporary password has expired")]
    TemporaryPasswordExpired,
    /// The session does not serve.
    #[error(transparent)]
    Session(#[from] SessionRefused),
    /// A wrong code of an authenticator.
    #[error("wrong code")]
    WrongCode,
    /// A code of an authenticator that served before.
    #[error("the code was used before")]
    CodeUsed,
    /// A wrong first code of an authenticator.
    #[error("wrong first code")]
    EnrolmentMismatch,
    /// No authenticator waits for its first code.
    #[error("no authenticator waits")]
    NoPendingToken,
    /// A name for a device that is too long.
    #[error("the device's name is too long")]
    DeviceNameTooLong,
    /// An attribute that the user may not give.
    #[error(transparent)]
    Attribute(#[from] AttributeRefused),
    /// What any flow may be refused for: the client, its secret, a password that the policy refuses, our own failures.
    #[error(transparent)]
    Shared(#[from] Refused),
}

/// Why a session does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefused {
    /// Not ours, not for this, or what it rests on is there no more.
    #[error("the session is invalid")]
    Invalid,
    /// Too old.
    #[error("the session has expired")]
    Expired,
    /// It served before.
    #[error("the session was used")]
    Used,
    /// Too many wrong answers.
    #[error("the session's tries are spent")]
    AttemptsExceeded,
}

impl SignInRefused {
    /// What stands in the way of the next step. `stale` says what a sign-in is told that rests on what is there no more.
    pub(super) fn of_next(refused: NextRefused, stale: Self) -> Self {
        match refused {
            NextRefused::FlowDisabled(flow) => Self::FlowDisabled(flow),
            NextRefused::Stale => stale,
            NextRefused::Disabled => Self::Disabled,
            NextRefused::NotConfirmed => Self::NotConfirmed,
            NextRefused::ResetRequired => Self::PasswordResetRequired,
            NextRefused::TemporaryPasswordExpired => Self::TemporaryPasswordExpired,
        }
    }
}

impl From<StoreError> for SignInRefused {
    fn from(error: StoreError) -> Self {
        Self::Shared(error.into())
    }
}

impl From<Busy> for SignInRefused {
    fn from(busy: Busy) -> Self {
        Self::Shared(busy.into())
    }
}
