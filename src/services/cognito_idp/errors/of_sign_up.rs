//! What the refusals of new users, and of the codes that confirm them, are called.

use super::{DISABLED, Error};
use crate::flows::codes::CodeRefused;
use crate::flows::confirm_sign_up::{ConfirmRefused, ResendRefused, Unwaiting};
use crate::flows::new_user::{AliasRefused, UnfitUser};
use crate::flows::sign_up::SignUpRefused;
use crate::userpools::alias::AliasUnfit;

impl From<UnfitUser> for Error {
    fn from(refused: UnfitUser) -> Self {
        Self::parameter(match refused {
            UnfitUser::Name(refused) => return refused.into(),
            UnfitUser::Attribute(refused) => return refused.into(),
            UnfitUser::Alias(refused) => return refused.into(),
            // Cognito's words: jagregory/cognito-local issue 102.
            UnfitUser::AnotherAddress(kind) => {
                let kind = kind.as_str();
                return Self::parameter(format!("User {kind} should be empty or same as username, since username attribute is {kind}"));
            }
            UnfitUser::NamedLikeAnEmail => "Username cannot be of email format, since user pool is configured for email alias.",
            UnfitUser::NamedLikeAPhoneNumber => {
                "Username cannot be of phone number format, since user pool is configured for phone number alias."
            }
            UnfitUser::NotAnEmail => "Username should be an email.",
            UnfitUser::NotAPhoneNumber => "Username should be a phone number.",
        })
    }
}

impl From<AliasUnfit> for Error {
    fn from(refused: AliasUnfit) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<AliasRefused> for Error {
    fn from(refused: AliasRefused) -> Self {
        match refused {
            AliasRefused::Exists(kind) => Self::AliasExists(kind),
            AliasRefused::Unfit(refused) => refused.into(),
            AliasRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<SignUpRefused> for Error {
    fn from(refused: SignUpRefused) -> Self {
        match refused {
            SignUpRefused::AdministratorsOnly => Self::not_authorized("SignUp is not permitted for this user pool"),
            SignUpRefused::Unfit(refused) => refused.into(),
            SignUpRefused::Password(refused) => refused.into(),
            SignUpRefused::Passwordless(refused) => refused.into(),
            SignUpRefused::UsernameExists => Self::UsernameExists,
            SignUpRefused::Alias(refused) => refused.into(),
            SignUpRefused::AddressIsFull => Self::LimitExceeded,
            SignUpRefused::NoSuchClient(gone) => gone.into(),
            SignUpRefused::Trigger(refused) => refused.into(),
            SignUpRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<CodeRefused> for Error {
    fn from(refused: CodeRefused) -> Self {
        match refused {
            CodeRefused::TooManyTries => Self::LimitExceeded,
            CodeRefused::Expired => Self::ExpiredCode("Invalid code provided, please request a code again."),
            CodeRefused::Mismatch => Self::CodeMismatch("Invalid verification code provided, please try again."),
        }
    }
}

impl From<ConfirmRefused> for Error {
    fn from(refused: ConfirmRefused) -> Self {
        match refused {
            ConfirmRefused::Name(refused) => refused.into(),
            ConfirmRefused::NoSuchClient(gone) => gone.into(),
            ConfirmRefused::NoSuchUser => Self::UserNotFound,
            ConfirmRefused::NotWaiting(status) => {
                Self::NotAuthorized(format!("User cannot be confirmed. Current status is {}", status.as_str()))
            }
            ConfirmRefused::Code(refused) => refused.into(),
            ConfirmRefused::Alias(refused) => refused.into(),
            ConfirmRefused::Trigger(refused) => refused.into(),
            ConfirmRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<ResendRefused> for Error {
    fn from(refused: ResendRefused) -> Self {
        match refused {
            ResendRefused::Name(refused) => refused.into(),
            ResendRefused::NoSuchClient(gone) => gone.into(),
            ResendRefused::Unwaiting(Unwaiting::NoSuchUser) => Self::UserNotFound,
            ResendRefused::Unwaiting(Unwaiting::Disabled) => Self::not_authorized(DISABLED),
            ResendRefused::Unwaiting(Unwaiting::Confirmed) => Self::parameter("User is already confirmed."),
            ResendRefused::Unwaiting(Unwaiting::NothingToVerify) => {
                Self::parameter("Cannot resend codes. Auto verification not turned on.")
            }
            ResendRefused::TooMany => Self::LimitExceeded,
            ResendRefused::Trigger(refused) => refused.into(),
            ResendRefused::Failed(failed) => failed.into(),
        }
    }
}
