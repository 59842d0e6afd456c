//! Temporary credentials: an access key id, a secret, and a session token that carries all of it, sealed. Nothing is stored:
//! any node of the deployment opens it.

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::crypto::ids::{self, AccessKeyKind};
use crate::crypto::seal::{SealError, SealingKey};
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::iam::caller::{FederatedSession, RoleSession, UserSession};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId};
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

/// Whose temporary credentials are.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Held {
    /// A session of a role.
    Role(RoleSession),
    /// A session of somebody for whom a user, or the root, vouches.
    ///
    /// SECURITY: within a member of its own, so that a node of an earlier release takes it for nothing, and not for the user's.
    Federated {
        /// The session.
        federated: FederatedSession,
    },
    /// A session of a user, or of the root.
    User(UserSession),
}

impl Held {
    const fn account_id(&self) -> &AccountId {
        match self {
            Self::Role(session) => &session.account_id,
            Self::Federated { federated } => &federated.account_id,
            Self::User(session) => &session.account_id,
        }
    }

    const fn expires_at(&self) -> Timestamp {
        Timestamp::from_millis(match self {
            Self::Role(session) => session.expires_at,
            Self::Federated { federated } => federated.expires_at,
            Self::User(session) => session.sign_in.expires_at,
        })
    }
}

/// What a session token carries.
#[derive(Serialize, Deserialize)]
struct Carried {
    secret_access_key: String,
    session: Held,
}

sealed_as_json!(Carried);

/// Makes credentials for a session.
///
/// # Errors
/// [`SealError`].
pub fn issue(key: &SealingKey, session: Held, rng: &mut dyn CryptoRng) -> Result<Credentials, SealError> {
    let access_key_id = ids::access_key_id(AccessKeyKind::Temporary, session.account_id(), rng);
    let secret_access_key = ids::secret_access_key(rng);
    let expires_at = session.expires_at();
    let carried = Carried { secret_access_key: secret_access_key.expose_secret().to_owned(), session };
    // SECURITY: bound to its access key id, so that no token serves another key.
    let sealed = key.seal(&["session token", access_key_id.as_str()], &carried, rng)?;
    Ok(Credentials { access_key_id, secret_access_key, session_token: sealed.to_text(), expires_at })
}

/// Opens the token that came with an access key id. The caller judges its expiry, and verifies the signature.
#[must_use]
pub fn open(key: &SealingKey, access_key_id: &AccessKeyId, session_token: &str) -> Option<(Held, Secret)> {
    let sealed = (session_token.len() <= MAX_TOKEN_BYTES).then(|| Sealed::from_text(session_token)).flatten()?;
    let carried = key.open::<Carried>(&["session token", access_key_id.as_str()], &sealed).ok()?;
    Some((carried.session, Secret::from(carried.secret_access_key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_earlier_release_takes_a_federated_users_token_for_the_users_own() {
        #[derive(Deserialize)]
        #[serde(untagged)]
        #[expect(dead_code, reason = "what an earlier release would read")]
        enum Earlier {
            Role(Box<RoleSession>),
            User(UserSession),
        }
        let federated = FederatedSession {
            account_id: "000000000000".into(),
            owner_id: "AIDA1".into(),
            name: "bob".to_owned(),
            policies: Vec::new(),
            managed_policies: Vec::new(),
            tags: Vec::new(),
            issued_at: 1,
            expires_at: 2,
        };
        let text = serde_json::to_string(&Held::Federated { federated }).unwrap();
        assert!(serde_json::from_str::<Earlier>(&text).is_err(), "{text}");
        assert!(matches!(serde_json::from_str::<Held>(&text).unwrap(), Held::Federated { .. }));
    }

    #[test]
    fn sessions_of_the_first_release_open() {
        // Tokens live for hours: a node of the next release is given them. A member that is added later has a default.
        let carried = r#"{"secret_access_key":"s","session":{"account_id":"000000000000","role_name":"r","role_path":"/","role_id":"AROA1",
            "session_name":"n","policies":null,"federated_keys":[["cognito-identity.amazonaws.com:aud",["p"]]],"issued_at":1,"expires_at":2}}"#;
        let carried: Carried = serde_json::from_str(carried).unwrap();
        let Held::Role(session) = carried.session else { panic!("a session of a role") };
        assert_eq!(session.role_arn().as_str(), "arn:aws:iam::000000000000:role/r");
        assert_eq!(session.federated_keys, [("cognito-identity.amazonaws.com:aud".to_owned(), vec!["p".to_owned()])]);
    }
}
