//! What the browser says of a ceremony: which one, for which challenge, on which page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::Deserialize;

use super::relying_party::is_own_page;
use super::{CeremonyRefused, Expected, bytes_of};
use crate::crypto::digest::{hex, sha256};
use crate::kit::rng::random_bytes;
use crate::kit::secret::constant_time_equals;

/// What an authenticator signs so that what it signed serves once: 256 bits of chance (§13.4.3 asks for 128).
pub struct Challenge([u8; 32]);

impl Challenge {
    /// A new one.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(random_bytes(rng))
    }

    /// As options carry it: base64url.
    #[must_use]
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it.
    #[must_use]
    pub fn hashed(&self) -> String {
        hash(&self.0)
    }
}

fn hash(challenge: &[u8]) -> String {
    hex(&sha256(&[challenge]))
}

/// Which ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// A passkey is made.
    Create,
    /// A passkey is used.
    Get,
}

/// CollectedClientData, as far as it is judged. serde refuses a member that stands twice.
#[derive(Deserialize)]
struct Collected {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Client data as it came, and as it reads.
pub(super) struct ClientData {
    /// The hash that authenticators sign.
    pub(super) hash: [u8; 32],
    collected: Collected,
}

impl ClientData {
    /// Reads `clientDataJSON` (steps 5 and 6 of §7.1, 9 and 10 of §7.2).
    pub(super) fn parse(json: &[u8]) -> Result<Self, CeremonyRefused> {
        let collected = serde_json::from_slice(json).map_err(|_| CeremonyRefused::Malformed)?;
        Ok(Self { hash: sha256(&[json]), collected })
    }

    /// Holds it to the ceremony (steps 7 to 11 of §7.1, 11 to 15 of §7.2). Frames of other sites have no business with passkeys:
    /// whoever embeds a page could make somebody sign in on it.
    pub(super) fn check(&self, ceremony: Ceremony, expected: &Expected<'_>) -> Result<(), CeremonyRefused> {
        let Collected { r#type, challenge, origin, cross_origin, top_origin } = &self.collected;
        let name = match ceremony {
            Ceremony::Create => "webauthn.create",
            Ceremony::Get => "webauthn.get",
        };
        if r#type != name {
            return Err(CeremonyRefused::Type);
        }
        if !constant_time_equals(hash(&bytes_of(challenge)?).as_bytes(), expected.challenge_hash.as_bytes()) {
            return Err(CeremonyRefused::Challenge);
        }
        let is_framed = cross_origin.unwrap_or_default() || top_origin.is_some();
        if is_framed || !is_own_page(origin, expected.relying_party_id) {
            return Err(CeremonyRefused::Origin);
        }
        Ok(())
    }
}
