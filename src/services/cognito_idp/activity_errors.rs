//! What refusals about devices, sessions and events are called.

use super::errors::{Error, NO_DEVICE, REVOKED};
use crate::flows::auth_events::FeedbackRefused;
use crate::flows::devices::DeviceRefused;
use crate::flows::sessions::SessionsRefused;

impl From<DeviceRefused> for Error {
    fn from(refused: DeviceRefused) -> Self {
        match refused {
            DeviceRefused::UnknownKey => Self::parameter("Invalid device key given."),
            DeviceRefused::Exists => Self::DeviceKeyExists,
            DeviceRefused::BadSecret => Self::parameter("Invalid device secret verifier given."),
            DeviceRefused::NoSuchDevice => Self::ResourceNotFound(NO_DEVICE.to_owned()),
            DeviceRefused::Revoked => Self::not_authorized(REVOKED),
            DeviceRefused::NoSuchUser => Self::UserNotFound,
            DeviceRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<SessionsRefused> for Error {
    fn from(refused: SessionsRefused) -> Self {
        match refused {
            SessionsRefused::NotTracked => Self::OperationNotEnabled("Session tracking is not enabled for this user pool."),
            SessionsRefused::NoSuchSession => Self::ResourceNotFound("Session does not exist.".to_owned()),
            SessionsRefused::Current => Self::parameter("The current session can't be revoked."),
            SessionsRefused::Revoked => Self::not_authorized(REVOKED),
            SessionsRefused::NoSuchUser => Self::UserNotFound,
            SessionsRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<FeedbackRefused> for Error {
    fn from(refused: FeedbackRefused) -> Self {
        match refused {
            FeedbackRefused::NoSuchUser => Self::UserNotFound,
            FeedbackRefused::NoSuchEvent => Self::ResourceNotFound("Auth event does not exist.".to_owned()),
            FeedbackRefused::BadToken => Self::not_authorized("Invalid feedback token."),
            FeedbackRefused::Failed(failed) => failed.into(),
        }
    }
}
