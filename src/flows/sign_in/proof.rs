//! Answers, on their way from what was judged outside of the transaction into it.

use std::collections::BTreeMap;

use super::one_time_code::CodeChallenge;
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use crate::store::attempts::Target;
use crate::userpools::challenge::Challenge;
use crate::userpools::lockout::Factor;
use crate::userpools::second_factor::SecondFactor;
use crate::userpools::user::PasswordRecord;

/// An answer, as far as it could be judged outside of the transaction.
pub enum AnswerProof {
    /// The password was proven; by SRP or by choice in a session.
    Password { session: Option<Session> },
    /// The code was right when it confirmed the sign-up.
    Confirmed { session: Session },
    /// The code is judged inside, whoever it is for.
    FirstCode { session: Session, challenge: CodeChallenge, target: Target, code: String },
    /// What it signed is judged inside, whoever it is for.
    Passkey { session: Session, credential: String },
    /// The new password is hashed.
    NewPassword { session: Session, record: PasswordRecord, attributes: BTreeMap<String, String> },
    /// The code is judged inside.
    SoftwareToken { session: Session, code: String },
    /// The code is judged inside.
    SecondCode { session: Session, challenge: CodeChallenge, code: String },
    /// The choice is judged inside.
    SelectMfa { session: Session, factor: SecondFactor },
    /// Nothing to judge, or an address.
    MfaSetup { session: Session, email: Option<String> },
    /// The pool's functions know the user: the session was spent when they judged.
    Custom,
    /// Nothing: an earlier sign-in stands for what came before.
    Credited,
    /// The device's proof was judged.
    Device { session: Session, is_right: bool },
}

impl AnswerProof {
    /// The session that it answers.
    pub const fn session(&self) -> Option<&Session> {
        match self {
            Self::Password { session } => session.as_ref(),
            Self::Custom | Self::Credited => None,
            Self::Confirmed { session }
            | Self::FirstCode { session, .. }
            | Self::Passkey { session, .. }
            | Self::NewPassword { session, .. }
            | Self::SoftwareToken { session, .. }
            | Self::SecondCode { session, .. }
            | Self::SelectMfa { session, .. }
            | Self::MfaSetup { session, .. }
            | Self::Device { session, .. } => Some(session),
        }
    }

    /// What it answers.
    pub fn asked(&self) -> Challenge {
        self.session().map_or(Challenge::Password, |session| session.asked)
    }

    /// What a try at it was charged to.
    pub const fn charged(&self) -> Option<Factor> {
        match self {
            Self::Password { .. } => Some(Factor::Password),
            Self::FirstCode { challenge, .. } | Self::SecondCode { challenge, .. } => Some(challenge.factor()),
            Self::SoftwareToken { .. } => Some(Factor::Second),
            Self::Confirmed { .. }
            | Self::Passkey { .. }
            | Self::NewPassword { .. }
            | Self::SelectMfa { .. }
            | Self::MfaSetup { .. }
            | Self::Device { .. }
            | Self::Credited
            | Self::Custom => None,
        }
    }

    /// What a sign-in is told whose user, password or factors are other ones now.
    pub const fn stale(&self) -> SignInRefused {
        match self {
            Self::Password { .. } | Self::Passkey { .. } | Self::Custom | Self::Credited => SignInRefused::Incorrect,
            _ => SignInRefused::Session(SessionRefused::Invalid),
        }
    }
}
