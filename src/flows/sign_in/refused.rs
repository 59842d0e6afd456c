//! Why a sign-in does not go on.

use crate::crypto::argon2::Busy;
use crate::flows::access::AccessRefused;
use crate::flows::clients::{NoSuchClient, SecretRefused};
use crate::flows::failed::{Failed, fails_with_the_store};
use crate::flows::issue::refuses_to_issue;
use crate::flows::new_user::AliasRefused;
use crate::flows::passwords::NewPasswordRefused;
use crate::flows::triggers::TriggerRefused;
use crate::userpools::attributes::AttributeRefused;
use crate::userpools::challenge::{Barred, NextRefused};
use crate::userpools::password_policy::PasswordRefused;

/// Why a sign-in does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// The client, or where the user stands, bars it.
    #[error(transparent)]
    Barred(#[from] Barred),
    /// The caller does not know the client's secret.
    #[error(transparent)]
    Secret(#[from] SecretRefused),
    /// Nobody signs in from there.
    #[error("no sign-ins from this address")]
    AddressBlocked,
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
    /// The session does not serve.
    #[error(transparent)]
    Session(#[from] SessionRefused),
    /// The device that the sign-in names is none of the user's.
    #[error("no such device")]
    NoSuchDevice,
    /// A wrong code of an authenticator.
    #[error("wrong code")]
    WrongCode,
    /// A code of an authenticator that served before.
    #[error("the code was used before")]
    CodeUsed,
    /// A wrong code that was sent.
    #[error("wrong code of a message")]
    WrongSentCode,
    /// So many codes were sent that no more may be, for a while.
    #[error("too many codes were sent")]
    TooManyMessages,
    /// A factor that is not to be chosen.
    #[error("the factor is not offered")]
    NotOffered,
    /// A new password that the policy does not take.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// A new password that the user had before.
    #[error("the password was used before")]
    PasswordReused,
    /// An attribute that the user may not give.
    #[error(transparent)]
    Attribute(#[from] AttributeRefused),
    /// An address that is given with a new password is no name of theirs.
    #[error(transparent)]
    Alias(#[from] AliasRefused),
    /// The client is gone meanwhile, and the pool with it.
    #[error(transparent)]
    NoSuchClient(#[from] NoSuchClient),
    /// None of the levels that the sign-in is to reach is one of the pool's.
    #[error("none of the levels is one of the pool's")]
    NoSuchLevel,
    /// The earlier sign-in reached the level.
    #[error("the level is reached")]
    LevelReached,
    /// The earlier sign-in is not credited.
    #[error(transparent)]
    Access(#[from] AccessRefused),
    /// The pool has no functions for custom sign-ins.
    #[error("no functions for custom sign-ins")]
    NoCustomAuth,
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// The hashing pool is full.
    #[error("the hashing pool is full")]
    Busy,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(SignInRefused);

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
            NextRefused::Stale => stale,
            NextRefused::Barred(barred) => barred.into(),
        }
    }
}

impl From<NewPasswordRefused> for SignInRefused {
    fn from(refused: NewPasswordRefused) -> Self {
        match refused {
            NewPasswordRefused::Policy(refused) => Self::Password(refused),
            NewPasswordRefused::Reused => Self::PasswordReused,
            NewPasswordRefused::Busy => Self::Busy,
            NewPasswordRefused::Failed(failed) => failed.into(),
        }
    }
}

refuses_to_issue!(SignInRefused);

impl From<Busy> for SignInRefused {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}
