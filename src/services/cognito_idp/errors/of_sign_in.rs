//! What sign-ins and their factors refuse, as the wire says it.

use super::{BLOCKED, DISABLED, Error, INCORRECT, NO_DEVICE, REVOKED};
use crate::flows::refresh::RefreshRefused;
use crate::flows::second_factors::PreferenceRefused;
use crate::flows::sign_in::{SessionRefused, SignInRefused};
use crate::flows::software_token::EnrolmentRefused;
use crate::userpools::challenge::{Barred, Flow};
use crate::userpools::first_factor::PasswordlessRefused;
use crate::userpools::pool::FactorsRefused;
use crate::userpools::second_factor::{SecondFactor, WishRefused};

impl From<SignInRefused> for Error {
    fn from(refused: SignInRefused) -> Self {
        match refused {
            SignInRefused::Barred(barred) => barred.into(),
            SignInRefused::Secret(refused) => refused.into(),
            SignInRefused::AddressBlocked => Self::not_authorized(BLOCKED),
            SignInRefused::NoSuchUser => Self::UserNotFound,
            SignInRefused::Incorrect => Self::not_authorized(INCORRECT),
            SignInRefused::Locked => Self::not_authorized("Password attempts exceeded"),
            SignInRefused::CodesLocked => Self::not_authorized("Code attempts exceeded"),
            SignInRefused::Session(refused) => refused.into(),
            SignInRefused::NoSuchDevice => Self::ResourceNotFound(NO_DEVICE.to_owned()),
            SignInRefused::WrongCode => Self::CodeMismatch("Invalid code received for user"),
            SignInRefused::CodeUsed => Self::ExpiredCode("Your software token has already been used once."),
            SignInRefused::WrongSentCode => Self::CodeMismatch("Invalid code or auth state for the user."),
            SignInRefused::TooManyMessages => Self::TooManyRequests,
            SignInRefused::NotOffered => Self::parameter("The selected challenge is not available."),
            SignInRefused::Password(refused) => Self::InvalidPassword(refused),
            SignInRefused::PasswordReused => Self::PasswordHistory,
            SignInRefused::Attribute(refused) => refused.into(),
            SignInRefused::Alias(refused) => refused.into(),
            SignInRefused::NoSuchClient(gone) => gone.into(),
            SignInRefused::NoSuchLevel => Self::parameter("TARGET_ACR_VALUES has no authentication level of the user pool."),
            SignInRefused::LevelReached => Self::parameter("The access token already meets the requested authentication level."),
            SignInRefused::Access(refused) => refused.into(),
            SignInRefused::NoCustomAuth => Self::parameter("Custom auth lambda trigger is not configured for the user pool."),
            SignInRefused::Trigger(refused) => refused.into(),
            SignInRefused::Busy => Self::TooManyRequests,
            SignInRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<Barred> for Error {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::FlowDisabled(flow) => Self::parameter(format!("{} flow not enabled for this client", name_of(flow))),
            Barred::Disabled => Self::not_authorized(DISABLED),
            Barred::NotConfirmed => Self::UserNotConfirmed,
            Barred::ResetRequired => Self::PasswordResetRequired,
            Barred::LevelUnreachable => {
                Self::parameter("The user has no authentication factors that reach a requested authentication level.")
            }
            Barred::TooRisky => Self::not_authorized(BLOCKED),
            Barred::TemporaryPasswordExpired => {
                Self::not_authorized("Temporary password has expired and must be reset by an administrator.")
            }
        }
    }
}

impl From<SessionRefused> for Error {
    fn from(refused: SessionRefused) -> Self {
        Self::not_authorized(match refused {
            SessionRefused::Invalid => "Invalid session for the user.",
            SessionRefused::Expired => "Invalid session for the user, session is expired.",
            SessionRefused::Used => "Invalid session for the user, session can only be used once.",
            SessionRefused::AttemptsExceeded => "Invalid session for the user, attempts exceeded.",
        })
    }
}

impl From<RefreshRefused> for Error {
    fn from(refused: RefreshRefused) -> Self {
        match refused {
            RefreshRefused::Disabled => Self::parameter("REFRESH_TOKEN_AUTH flow not enabled for this client"),
            RefreshRefused::Invalid => Self::not_authorized("Invalid Refresh Token"),
            RefreshRefused::Reused => Self::RefreshTokenReuse,
            RefreshRefused::Revoked => Self::not_authorized("Refresh Token has been revoked"),
            RefreshRefused::Expired => Self::not_authorized("Refresh Token has expired"),
            // The API asks for no scopes.
            RefreshRefused::Scope(_) | RefreshRefused::Resource => Self::not_authorized("Invalid Refresh Token"),
            RefreshRefused::UserDisabled => Self::not_authorized(DISABLED),
            RefreshRefused::Secret(refused) => refused.into(),
            RefreshRefused::NoSuchClient(gone) => gone.into(),
            RefreshRefused::Trigger(refused) => refused.into(),
            RefreshRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<EnrolmentRefused> for Error {
    fn from(refused: EnrolmentRefused) -> Self {
        match refused {
            EnrolmentRefused::NotOffered => Self::SoftwareTokenMfaNotFound("Software Token MFA has not been enabled by the userPool"),
            EnrolmentRefused::NoPendingToken => Self::SoftwareTokenMfaNotFound("User has not set up software token mfa"),
            EnrolmentRefused::Mismatch => Self::EnableSoftwareTokenMfa,
            EnrolmentRefused::DeviceNameTooLong => Self::parameter("FriendlyDeviceName must have length less than or equal to 256"),
            EnrolmentRefused::Session(refused) => refused.into(),
            EnrolmentRefused::Barred(barred) => barred.into(),
            EnrolmentRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<PreferenceRefused> for Error {
    fn from(refused: PreferenceRefused) -> Self {
        match refused {
            PreferenceRefused::Wish(refused) => refused.into(),
            PreferenceRefused::Revoked => Self::not_authorized(REVOKED),
            PreferenceRefused::NoSuchUser => Self::UserNotFound,
            PreferenceRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<PasswordlessRefused> for Error {
    fn from(refused: PasswordlessRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<FactorsRefused> for Error {
    fn from(refused: FactorsRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<WishRefused> for Error {
    fn from(refused: WishRefused) -> Self {
        match refused {
            WishRefused::PreferredIsDisabled => Self::parameter("Preferred MFA must be enabled"),
            WishRefused::PasskeyIsOne => Self::parameter(
                "WebAuthn MFA can be enabled only where the pool's FactorConfiguration is MULTI_FACTOR_WITH_USER_VERIFICATION",
            ),
            WishRefused::PasskeyAlone => Self::parameter("WebAuthn MFA can be enabled only beside another MFA method"),
            WishRefused::TwoPreferred => Self::parameter("Only one factor can be set as preferred"),
            WishRefused::Lacking(SecondFactor::SoftwareToken) => Self::parameter("User has not verified software token mfa"),
            WishRefused::Lacking(factor) | WishRefused::NotOffered(factor) => {
                Self::parameter(format!("User does not have delivery config set to turn on {}", factor.as_str()))
            }
        }
    }
}

/// AuthFlow.
const fn name_of(flow: Flow) -> &'static str {
    match flow {
        Flow::Password => "USER_PASSWORD_AUTH",
        Flow::AdminPassword => "ADMIN_USER_PASSWORD_AUTH",
        Flow::Srp => "USER_SRP_AUTH",
        Flow::Custom | Flow::CustomSrp => "CUSTOM_AUTH",
        Flow::Choice => "USER_AUTH",
        // No operation begins it.
        Flow::Hosted => "HOSTED",
    }
}
