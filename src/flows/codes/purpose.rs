//! What codes are for, and what makes them be sent.

use crate::userpools::name::NameKind;

/// An hour.
const HOUR_MILLIS: i64 = 3600 * 1000;

/// What a code is for. A code of one purpose serves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm a sign-up.
    SignUp,
    /// To set a new password in place of a forgotten one.
    ForgotPassword,
    /// To verify an email address.
    Email,
    /// To verify a phone number.
    PhoneNumber,
}

impl Purpose {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::ForgotPassword => "forgot_password",
            Self::Email => "verify_email",
            Self::PhoneNumber => "verify_phone_number",
        }
    }

    /// To verify an address of this kind.
    #[must_use]
    pub const fn to_verify(kind: NameKind) -> Self {
        match kind {
            NameKind::PhoneNumber => Self::PhoneNumber,
            NameKind::Email | NameKind::Username | NameKind::PreferredUsername => Self::Email,
        }
    }

    /// How long such a code is accepted.
    ///
    /// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", codes.
    pub(super) const fn lifetime_millis(self) -> i64 {
        match self {
            Self::SignUp | Self::Email | Self::PhoneNumber => 24 * HOUR_MILLIS,
            Self::ForgotPassword => HOUR_MILLIS,
        }
    }

    /// Whether such a code proves one address and no other, whoever has it.
    pub(super) const fn is_of_an_address(self) -> bool {
        matches!(self, Self::Email | Self::PhoneNumber)
    }
}

/// What makes a code be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A sign-up.
    SignUp,
    /// That the code of a sign-up was asked for again.
    SignUpAgain,
    /// A forgotten password, or one that an administrator reset.
    ForgotPassword,
    /// A changed address.
    UpdateUserAttribute(NameKind),
    /// That the code of an address was asked for.
    VerifyUserAttribute(NameKind),
}

impl Occasion {
    pub(super) const fn purpose(self) -> Purpose {
        match self {
            Self::SignUp | Self::SignUpAgain => Purpose::SignUp,
            Self::ForgotPassword => Purpose::ForgotPassword,
            Self::UpdateUserAttribute(kind) | Self::VerifyUserAttribute(kind) => Purpose::to_verify(kind),
        }
    }

    /// In the words of the custom-message trigger.
    #[must_use]
    pub const fn trigger_source(self) -> &'static str {
        match self {
            Self::SignUp => "CustomMessage_SignUp",
            Self::SignUpAgain => "CustomMessage_ResendCode",
            Self::ForgotPassword => "CustomMessage_ForgotPassword",
            Self::UpdateUserAttribute(_) => "CustomMessage_UpdateUserAttribute",
            Self::VerifyUserAttribute(_) => "CustomMessage_VerifyUserAttribute",
        }
    }
}
