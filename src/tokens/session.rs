//! Temporary credentials: an access key id, a secret, and a session token that carries all of it, sealed. Nothing is stored:
//! any node of the deployment opens it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::crypto::ids::{self, AccessKeyKind};
use crate::crypto::seal::SealingKey;
use crate::iam::caller::RoleSession;
use crate::kit::clock::Timestamp;
use crate::kit::id::AccessKeyId;
use crate::kit::secret::Secret;

/// Longer than any token that we seal.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// Temporary credentials, as their holder gets them.
pub struct Credentials {
    /// `ASIA…`
    pub access_key_id: AccessKeyId,
    /// Its secret.
    pub secret_access_key: Secret,
    /// What carries the session.
    pub session_token: String,
    /// When they expire.
    pub expires_at: Timestamp,
}

/// What a session token carries.
#[derive(Serialize, Deserialize)]
struct Sealed {
    secret_access_key: String,
    session: RoleSession,
}

/// Makes credentials for a session.
#[must_use]
pub fn issue(key: &SealingKey, session: RoleSession, rng: &mut dyn CryptoRng) -> Option<Credentials> {
    let access_key_id = ids::access_key_id(AccessKeyKind::Temporary, &session.account_id, rng);
    let secret_access_key = ids::secret_access_key(rng);
    let expires_at = Timestamp::from_millis(session.expires_at);
    let sealed = Sealed { secret_access_key: secret_access_key.expose_secret().to_owned(), session };
    let plaintext = zeroize::Zeroizing::new(serde_json::to_vec(&sealed).ok()?);
    // SECURITY: bound to its access key id, so that no token serves another key.
    let sealed = key.seal(&["session token", access_key_id.as_str()], &plaintext, rng);
    Some(Credentials { access_key_id, secret_access_key, session_token: STANDARD.encode(sealed), expires_at })
}

/// Opens the token that came with an access key id. The caller judges its expiry, and verifies the signature.
#[must_use]
pub fn open(key: &SealingKey, access_key_id: &AccessKeyId, session_token: &str) -> Option<(RoleSession, Secret)> {
    let sealed = (session_token.len() <= MAX_TOKEN_BYTES).then(|| STANDARD.decode(session_token).ok()).flatten()?;
    let plaintext = key.open(&["session token", access_key_id.as_str()], &sealed).ok()?;
    let sealed: Sealed = serde_json::from_slice(&plaintext).ok()?;
    Some((sealed.session, Secret::from(sealed.secret_access_key)))
}
