//! What the refusals of accounts are called: of their confirmation, of their recovery, of their changes, and of invitations.

use super::{DISABLED, Error, INCORRECT, REVOKED};
use crate::flows::change_password::ChangePasswordRefused;
use crate::flows::confirm_sign_up::{ConfirmRefused, ResendRefused, Unwaiting};
use crate::flows::invite::InviteRefused;
use crate::flows::own_attributes::OwnChangeRefused;
use crate::flows::recover::{ForgotRefused, ResetRefused};
use crate::userpools::recovery::Unrecoverable;

impl From<Unrecoverable> for Error {
    fn from(unrecoverable: Unrecoverable) -> Self {
        match unrecoverable {
            Unrecoverable::NoSuchUser => Self::UserNotFound,
            Unrecoverable::Disabled => Self::not_authorized(DISABLED),
            Unrecoverable::NotConfirmed => Self::UserNotConfirmed,
            Unrecoverable::State => Self::not_authorized("User password cannot be reset in the current state."),
            Unrecoverable::NoAddress => {
                Self::parameter("Cannot reset password for the user as there is no registered/verified email or phone_number")
            }
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

impl From<ForgotRefused> for Error {
    fn from(refused: ForgotRefused) -> Self {
        match refused {
            ForgotRefused::Name(refused) => refused.into(),
            ForgotRefused::NoSuchClient(gone) => gone.into(),
            ForgotRefused::AdministratorsOnly => Self::not_authorized("Contact administrator to reset password."),
            ForgotRefused::Unrecoverable(unrecoverable) => unrecoverable.into(),
            ForgotRefused::TooMany => Self::LimitExceeded,
            ForgotRefused::Trigger(refused) => refused.into(),
            ForgotRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<ResetRefused> for Error {
    fn from(refused: ResetRefused) -> Self {
        match refused {
            ResetRefused::Name(refused) => refused.into(),
            ResetRefused::NoSuchClient(gone) => gone.into(),
            ResetRefused::Unrecoverable(unrecoverable) => unrecoverable.into(),
            ResetRefused::Code(refused) => refused.into(),
            ResetRefused::Password(refused) => refused.into(),
            ResetRefused::Trigger(refused) => refused.into(),
            ResetRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<ChangePasswordRefused> for Error {
    fn from(refused: ChangePasswordRefused) -> Self {
        match refused {
            ChangePasswordRefused::NoPrevious => Self::parameter("PreviousPassword is required."),
            ChangePasswordRefused::Incorrect => Self::not_authorized(INCORRECT),
            ChangePasswordRefused::Locked => Self::LimitExceeded,
            ChangePasswordRefused::ResetRequired => Self::PasswordResetRequired,
            ChangePasswordRefused::Revoked => Self::not_authorized(REVOKED),
            ChangePasswordRefused::Password(refused) => refused.into(),
            ChangePasswordRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<OwnChangeRefused> for Error {
    fn from(refused: OwnChangeRefused) -> Self {
        match refused {
            OwnChangeRefused::Revoked => Self::not_authorized(REVOKED),
            OwnChangeRefused::Change(refused) => refused.into(),
            OwnChangeRefused::NotAnAddress(name) => Self::parameter(format!("Attribute {name} cannot be verified.")),
            OwnChangeRefused::NoAddress(kind) => Self::parameter(format!("User has no {} to verify.", kind.as_str())),
            OwnChangeRefused::TooManyCodes => Self::LimitExceeded,
            OwnChangeRefused::Code(refused) => refused.into(),
            OwnChangeRefused::Trigger(refused) => refused.into(),
            OwnChangeRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<InviteRefused> for Error {
    fn from(refused: InviteRefused) -> Self {
        match refused {
            InviteRefused::Unfit(refused) => refused.into(),
            InviteRefused::Password(refused) => refused.into(),
            InviteRefused::NoSuchPool(gone) => gone.into(),
            InviteRefused::UsernameExists => Self::UsernameExists,
            InviteRefused::Alias(refused) => refused.into(),
            InviteRefused::Passwordless(refused) => refused.into(),
            InviteRefused::NoSuchUser => Self::UserNotFound,
            InviteRefused::NotWaiting => {
                Self::UnsupportedUserState("Resend not possible. The status of the user is not FORCE_CHANGE_PASSWORD")
            }
            // The model knows no limit here, so a spent budget is one request too many.
            InviteRefused::AddressIsFull => Self::TooManyRequests,
            InviteRefused::Trigger(refused) => refused.into(),
            InviteRefused::Failed(failed) => failed.into(),
        }
    }
}
