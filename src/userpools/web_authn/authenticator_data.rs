//! What the authenticator says of itself (WebAuthn Level 3 §6.1).

use super::{CeremonyRefused, Expected, UserVerification};
use crate::crypto::cbor::{Malformed, Reader};
use crate::crypto::cose::{KeyRefused, PublicKey};
use crate::crypto::digest::sha256;
use crate::kit::secret::constant_time_equals;

/// The longest id of a credential, in bytes (§4, "Credential ID").
const LONGEST_CREDENTIAL_ID: usize = 1023;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED_CREDENTIAL: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// Authenticator data, read.
pub(super) struct AuthenticatorData<'b> {
    relying_party_hash: &'b [u8],
    flags: u8,
    /// How often the authenticator has signed; always zero of one that does not count.
    pub(super) sign_count: u32,
    /// The credential that it made.
    pub(super) attested: Option<Attested<'b>>,
}

/// A credential that was made.
pub(super) struct Attested<'b> {
    /// What model the authenticator says that it is of.
    pub(super) aaguid: &'b [u8; 16],
    /// The credential's id.
    pub(super) id: &'b [u8],
    /// Its key, as it came.
    pub(super) key_bytes: &'b [u8],
    /// Its key.
    pub(super) key: PublicKey,
}

impl<'b> AuthenticatorData<'b> {
    /// Reads it to its last byte.
    pub(super) fn parse(bytes: &'b [u8]) -> Result<Self, CeremonyRefused> {
        let mut rest = bytes;
        let relying_party_hash = take(&mut rest, 32)?;
        let flags = *array::<1>(&mut rest)?;
        let sign_count = u32::from_be_bytes(*array(&mut rest)?);
        let [flags] = flags;
        let attested = if flags & ATTESTED_CREDENTIAL == 0 { None } else { Some(Attested::read(&mut rest)?) };
        if flags & EXTENSIONS != 0 {
            let mut reader = Reader::new(rest);
            let length = reader.map()?;
            (0..length).try_for_each(|_| {
                reader.text()?;
                reader.skip()
            })?;
            take(&mut rest, reader.position())?;
        }
        if rest.is_empty() { Ok(Self { relying_party_hash, flags, sign_count, attested }) } else { Err(CeremonyRefused::Malformed) }
    }

    /// Holds it to the ceremony (steps 14 to 18 of §7.1, 16 to 20 of §7.2).
    pub(super) fn check(&self, expected: &Expected<'_>) -> Result<(), CeremonyRefused> {
        if !constant_time_equals(self.relying_party_hash, &sha256(&[expected.relying_party_id.as_bytes()])) {
            return Err(CeremonyRefused::RelyingParty);
        }
        if self.flags & USER_PRESENT == 0 {
            return Err(CeremonyRefused::Presence);
        }
        if expected.verification == UserVerification::Required && !self.user_verified() {
            return Err(CeremonyRefused::Verification);
        }
        if self.is_backed_up() && !self.is_backup_eligible() {
            return Err(CeremonyRefused::Backup);
        }
        Ok(())
    }

    /// Whether the authenticator verified who used it.
    pub(super) const fn user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    /// Whether the credential can be backed up. That never changes.
    pub(super) const fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    /// Whether the credential is backed up now.
    pub(super) const fn is_backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

impl<'b> Attested<'b> {
    fn read(rest: &mut &'b [u8]) -> Result<Self, CeremonyRefused> {
        let aaguid = array(rest)?;
        let length = usize::from(u16::from_be_bytes(*array(rest)?));
        if !(1..=LONGEST_CREDENTIAL_ID).contains(&length) {
            return Err(CeremonyRefused::Malformed);
        }
        let id = take(rest, length)?;
        let mut reader = Reader::new(rest);
        let key = PublicKey::read(&mut reader)?;
        let key_bytes = take(rest, reader.position())?;
        Ok(Self { aaguid, id, key_bytes, key })
    }
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Result<&'b [u8], CeremonyRefused> {
    let (taken, after) = rest.split_at_checked(length).ok_or(CeremonyRefused::Malformed)?;
    *rest = after;
    Ok(taken)
}

fn array<'b, const N: usize>(rest: &mut &'b [u8]) -> Result<&'b [u8; N], CeremonyRefused> {
    let (taken, after) = rest.split_first_chunk().ok_or(CeremonyRefused::Malformed)?;
    *rest = after;
    Ok(taken)
}

impl From<Malformed> for CeremonyRefused {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<KeyRefused> for CeremonyRefused {
    fn from(refused: KeyRefused) -> Self {
        match refused {
            KeyRefused::Malformed => Self::Malformed,
            KeyRefused::Unsupported => Self::Key,
        }
    }
}
