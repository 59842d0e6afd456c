//! The errors of passkeys, and what each refusal is called there.

use super::errors::Error;
use crate::flows::access::AccessRefused;
use crate::flows::web_authn::PasskeyRefused;
use crate::userpools::web_authn::{CeremonyRefused, NoPasskeys};

/// An error of passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebAuthnError {
    /// No registration waits, or one with another challenge.
    ChallengeNotFound,
    /// The registration was begun through another client.
    ClientMismatch,
    /// Nothing says for which domain passkeys are.
    ConfigurationMissing,
    /// An authenticator that the pool does not take.
    CredentialNotSupported,
    /// No such passkey.
    NoSuchCredential,
    /// Passkeys are none of the pool's first factors.
    NotEnabled,
    /// Made on a page of somebody else.
    OriginNotAllowed,
    /// Made for another domain.
    RelyingPartyMismatch,
    /// A user with as many passkeys as they can have.
    TooMany,
}

impl WebAuthnError {
    /// The error's shape in the model.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::ChallengeNotFound => "WebAuthnChallengeNotFoundException",
            Self::ClientMismatch => "WebAuthnClientMismatchException",
            Self::ConfigurationMissing => "WebAuthnConfigurationMissingException",
            Self::CredentialNotSupported => "WebAuthnCredentialNotSupportedException",
            Self::NoSuchCredential => "ResourceNotFoundException",
            Self::NotEnabled => "WebAuthnNotEnabledException",
            Self::OriginNotAllowed => "WebAuthnOriginNotAllowedException",
            Self::RelyingPartyMismatch => "WebAuthnRelyingPartyMismatchException",
            Self::TooMany => "LimitExceededException",
        }
    }

    /// What is said with it: what the API reference says of each.
    pub const fn message(self) -> &'static str {
        match self {
            Self::ChallengeNotFound => "The challenge from StartWebAuthnRegistration was not found or has expired.",
            Self::ClientMismatch => "The access token is for a different client than the one in the StartWebAuthnRegistration request.",
            Self::ConfigurationMissing => "The user pool has neither a relying party id nor a domain.",
            Self::CredentialNotSupported => "The passkey is from a device or provider that is not supported.",
            Self::NoSuchCredential => "Passkey not found.",
            Self::NotEnabled => "Passkeys are not enabled for this user pool.",
            Self::OriginNotAllowed => "The origin of the passkey does not align with the relying party id of the user pool.",
            Self::RelyingPartyMismatch => "The passkey is for a different relying party id than that of the user pool.",
            Self::TooMany => "The user has as many passkeys as a user can have.",
        }
    }
}

/// What Cognito says of a credential that it cannot read.
const NOT_VALID: &str = "Credential data is not valid";

impl From<NoPasskeys> for Error {
    fn from(none: NoPasskeys) -> Self {
        Self::WebAuthn(match none {
            NoPasskeys::NotEnabled => WebAuthnError::NotEnabled,
            NoPasskeys::ConfigurationMissing => WebAuthnError::ConfigurationMissing,
        })
    }
}

impl From<PasskeyRefused> for Error {
    fn from(refused: PasskeyRefused) -> Self {
        Self::WebAuthn(match refused {
            PasskeyRefused::NoPasskeys(none) => return none.into(),
            PasskeyRefused::Revoked => return AccessRefused::Revoked.into(),
            PasskeyRefused::ResetRequired => return Self::PasswordResetRequired,
            PasskeyRefused::NoRegistration => WebAuthnError::ChallengeNotFound,
            PasskeyRefused::OtherClient => WebAuthnError::ClientMismatch,
            PasskeyRefused::Ceremony(refused) => return of_registration(refused),
            PasskeyRefused::Registered => return Self::parameter("The passkey is already registered."),
            PasskeyRefused::TooMany => WebAuthnError::TooMany,
            PasskeyRefused::NoSuchPasskey => WebAuthnError::NoSuchCredential,
            PasskeyRefused::Failed(failed) => return failed.into(),
        })
    }
}

fn of_registration(refused: CeremonyRefused) -> Error {
    Error::WebAuthn(match refused {
        CeremonyRefused::Challenge => WebAuthnError::ChallengeNotFound,
        CeremonyRefused::Origin => WebAuthnError::OriginNotAllowed,
        CeremonyRefused::RelyingParty => WebAuthnError::RelyingPartyMismatch,
        CeremonyRefused::Verification | CeremonyRefused::Key | CeremonyRefused::Attestation => WebAuthnError::CredentialNotSupported,
        CeremonyRefused::Malformed
        | CeremonyRefused::Type
        | CeremonyRefused::Presence
        | CeremonyRefused::Backup
        | CeremonyRefused::NotTheirs
        | CeremonyRefused::Signature
        | CeremonyRefused::Counter => return Error::parameter(NOT_VALID),
    })
}
