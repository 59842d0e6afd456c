//! A passkey is used: WebAuthn Level 3 §7.2.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::{CeremonyRefused, Expected, LONGEST_MEMBER, WebAuthnCredential, bytes_of};
use crate::crypto::cose::PublicKey;
use crate::crypto::ids::is_uuid;
use crate::kit::secret::constant_time_equals;

/// How many members as long as they may be fit into an assertion.
const LONG_MEMBERS: usize = 4;

/// AuthenticationResponseJSON (§5.1), as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthenticationResponse {
    id: String,
    raw_id: String,
    r#type: String,
    response: AssertionResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

/// What a browser answers to request options.
#[derive(Debug)]
pub struct Assertion {
    /// The credential's id, base64url.
    pub credential_id: String,
    client_data_json: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    user_handle: Option<String>,
}

/// What a use of a passkey leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// How often its authenticator has signed.
    pub sign_count: u32,
    /// Whether it is backed up now.
    pub is_backed_up: bool,
    /// Whether the authenticator verified who used it.
    pub user_verified: bool,
}

impl Assertion {
    /// Reads the text of one.
    ///
    /// # Errors
    /// [`CeremonyRefused::Malformed`].
    pub fn parse(text: &str) -> Result<Self, CeremonyRefused> {
        if text.len() > LONGEST_MEMBER * LONG_MEMBERS {
            return Err(CeremonyRefused::Malformed);
        }
        let given: AuthenticationResponse = serde_json::from_str(text).map_err(|_| CeremonyRefused::Malformed)?;
        if given.r#type != "public-key" || given.id != given.raw_id {
            return Err(CeremonyRefused::Malformed);
        }
        let response = given.response;
        // Read and written anew, so that each id has one text.
        Ok(Self {
            credential_id: URL_SAFE_NO_PAD.encode(bytes_of(&given.id)?),
            client_data_json: bytes_of(&response.client_data_json)?,
            authenticator_data: bytes_of(&response.authenticator_data)?,
            signature: bytes_of(&response.signature)?,
            user_handle: response.user_handle,
        })
    }

    /// Whose it says it is (`sub`): to be verified against what is theirs.
    #[must_use]
    pub fn claimed_user(&self) -> Option<String> {
        let handle = URL_SAFE_NO_PAD.decode(self.user_handle.as_ref()?).ok()?;
        String::from_utf8(handle).ok().filter(|sub| is_uuid(sub))
    }

    /// Verifies it as one by `credential`, which was found by its id for the user who signs in.
    ///
    /// # Errors
    /// [`CeremonyRefused`].
    pub fn verify(&self, credential: &WebAuthnCredential, expected: &Expected<'_>) -> Result<Used, CeremonyRefused> {
        let is_theirs = match &self.user_handle {
            Some(handle) => constant_time_equals(handle.as_bytes(), user_handle(credential.user_id.as_str()).as_bytes()),
            None => true,
        };
        if !is_theirs || credential.id != self.credential_id {
            return Err(CeremonyRefused::NotTheirs);
        }
        let client_data = ClientData::parse(&self.client_data_json)?;
        client_data.check(Ceremony::Get, expected)?;
        let data = AuthenticatorData::parse(&self.authenticator_data)?;
        data.check(expected)?;
        if data.is_backup_eligible() != credential.is_backup_eligible {
            return Err(CeremonyRefused::Backup);
        }
        let key = PublicKey::parse(&credential.public_key)?;
        let signed = [self.authenticator_data.as_slice(), &client_data.hash].concat();
        if !key.verifies(&signed, &self.signature) {
            return Err(CeremonyRefused::Signature);
        }
        let counts = data.sign_count != 0 || credential.sign_count != 0;
        if counts && data.sign_count <= credential.sign_count {
            return Err(CeremonyRefused::Counter);
        }
        Ok(Used { sign_count: data.sign_count, is_backed_up: data.is_backed_up(), user_verified: data.user_verified() })
    }
}

/// What authenticators know a user by: base64url of the `sub`.
#[must_use]
pub fn user_handle(sub: &str) -> String {
    URL_SAFE_NO_PAD.encode(sub)
}
