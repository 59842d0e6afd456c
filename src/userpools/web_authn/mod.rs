//! Passkeys: what a pool asks of them, and the two ceremonies of WebAuthn Level 3 (§7.1 and §7.2) as a relying party verifies
//! them. Steps carry the numbers of that text, editor's draft of 2025.

pub mod assertion;
mod authenticator_data;
mod client_data;
mod credential;
pub mod registration;
mod relying_party;
#[cfg(test)]
mod tests;

pub use client_data::Challenge;
pub use credential::{MOST_OF_A_USER, WebAuthnCredential, friendly_name};
pub use relying_party::{FactorConfiguration, NoDomain, NoPasskeys, RelyingParty, UserVerification, WebAuthnConfiguration};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The longest text of a member of a credential: what an authenticator says has a few thousand characters at most.
const LONGEST_MEMBER: usize = 32 * 1024;

/// Why a ceremony fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyRefused {
    /// Not the JSON, the base64url or the CBOR of a credential.
    #[error("the credential is malformed")]
    Malformed,
    /// Made for the other ceremony.
    #[error("the credential is of the other ceremony")]
    Type,
    /// Made for another challenge.
    #[error("the challenge is another one")]
    Challenge,
    /// Made on a page that is not the relying party's, or in a frame of another site.
    #[error("the origin is not the relying party's")]
    Origin,
    /// Made for another relying party.
    #[error("the relying party is another one")]
    RelyingParty,
    /// Nobody was there.
    #[error("nobody was present")]
    Presence,
    /// The authenticator did not verify who was there, and must.
    #[error("the user was not verified")]
    Verification,
    /// What it says of backups cannot be, or is not what it said before.
    #[error("the state of its backup is impossible")]
    Backup,
    /// The key or its algorithm is not one that is verified.
    #[error("the key is not supported")]
    Key,
    /// An attestation of a kind that is not taken, or one that does not hold.
    #[error("the attestation is not supported")]
    Attestation,
    /// A credential of somebody else, or of nobody.
    #[error("the credential is not the user's")]
    NotTheirs,
    /// The signature is not the credential's.
    #[error("the signature is wrong")]
    Signature,
    /// The authenticator has signed more often than it says: there are two of it.
    #[error("the signature counter went back")]
    Counter,
}

/// What a ceremony is held to.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The hash of the challenge that was given out: [`Challenge::hashed`].
    pub challenge_hash: &'a str,
    /// The relying party's id.
    pub relying_party_id: &'a str,
    /// Whether the authenticator must have verified the user.
    pub verification: UserVerification,
}

/// The bytes of a member: base64url without padding, as credentials' JSON has them (WebAuthn Level 3 §5.1).
fn bytes_of(text: &str) -> Result<Vec<u8>, CeremonyRefused> {
    if text.len() > LONGEST_MEMBER {
        return Err(CeremonyRefused::Malformed);
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| CeremonyRefused::Malformed)
}
