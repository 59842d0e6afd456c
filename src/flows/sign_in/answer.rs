//! How a sign-in begins, and the answers to challenges that have a session.

use std::collections::BTreeMap;

use super::choice::Chosen;
use super::step_up::LevelAsked;
use crate::crypto::srp::ClientPublic;
use crate::kit::secret::Secret;
use crate::userpools::challenge::{Challenge, Flow};
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::second_factor::SecondFactor;

/// How a sign-in begins.
pub enum Begin {
    /// With the password itself.
    Password {
        /// By the user's device or by a backend.
        flow: Flow,
        /// Any of the user's names.
        username: String,
        /// What they typed.
        password: Secret,
    },
    /// With a public value, to be followed by a proof of the password.
    Srp {
        /// Any of the user's names.
        username: String,
        /// `A`.
        public: Box<ClientPublic>,
    },
    /// With what the user chooses.
    Choice {
        /// Any of the user's names.
        username: String,
        /// What they choose at once.
        preferred: Option<Chosen>,
        /// The session of a sign-up that was confirmed just now.
        confirmed: Option<String>,
        /// The level that it is to reach, if any.
        level: Option<LevelAsked>,
    },
    /// With what the pool's functions ask.
    Custom {
        /// Any of the user's names.
        username: String,
        /// `A`, where a proof of the password comes first.
        public: Option<Box<ClientPublic>>,
    },
}

/// An answer to a challenge that has a session.
pub enum Answer {
    /// What the sign-in begins with.
    SelectFirst(Chosen),
    /// The password, or what a proof of it begins with, as was chosen before.
    First(Chosen),
    /// A code by mail: in place of the password, or after it.
    EmailCode {
        /// The code.
        code: String,
    },
    /// A code by text message in place of the password.
    SmsOtp {
        /// The code.
        code: String,
    },
    /// A code by text message after the password.
    SmsMfa {
        /// The code.
        code: String,
    },
    /// Which second factor they show.
    SelectMfa {
        /// The factor.
        factor: SecondFactor,
    },
    /// What a passkey signed.
    Passkey {
        /// AuthenticationResponseJSON.
        credential: String,
    },
    /// A password of their own, and attributes.
    NewPassword {
        /// The password.
        password: Secret,
        /// The attributes.
        attributes: BTreeMap<String, String>,
    },
    /// A code of their authenticator.
    SoftwareToken {
        /// The code.
        code: String,
    },
    /// A second factor is set up.
    MfaSetup {
        /// The address that is to be it.
        email: Option<String>,
    },
    /// Whatever the pool's functions judge.
    Custom {
        /// The answer.
        answer: String,
    },
}

impl Answer {
    /// The challenges that it may be an answer to.
    pub(super) const fn challenges(&self) -> &'static [Challenge] {
        match self {
            Self::SelectFirst(_) => &[Challenge::SelectFirst],
            Self::First(Chosen { factor: FirstFactor::PasswordSrp, .. }) => &[Challenge::PasswordSrp],
            Self::First(_) => &[Challenge::Password],
            Self::EmailCode { .. } => &[Challenge::EmailOtp, Challenge::EmailMfa],
            Self::SmsOtp { .. } => &[Challenge::SmsOtp],
            Self::SmsMfa { .. } => &[Challenge::SmsMfa],
            Self::SelectMfa { .. } => &[Challenge::SelectMfa],
            Self::Passkey { .. } => &[Challenge::WebAuthn],
            Self::NewPassword { .. } => &[Challenge::NewPassword],
            Self::SoftwareToken { .. } => &[Challenge::SoftwareToken],
            Self::MfaSetup { .. } => &[Challenge::MfaSetup],
            Self::Custom { .. } => &[Challenge::Custom],
        }
    }
}
