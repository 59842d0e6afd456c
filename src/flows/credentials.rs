//! Temporary credentials as answers give them.

use serde::Serialize;

use crate::kit::clock::Timestamp;
use crate::kit::id::AccessKeyId;
use crate::tokens::session::Credentials;

/// Credentials in STS's answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialsAnswer {
    access_key_id: AccessKeyId,
    secret_access_key: String,
    session_token: String,
    expiration: Timestamp,
}

impl From<Credentials> for CredentialsAnswer {
    fn from(credentials: Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose_secret().to_owned(),
            session_token: credentials.session_token,
            expiration: credentials.expires_at,
        }
    }
}

/// Credentials in an identity pool's answers, where the secret has a shorter name.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityCredentialsAnswer {
    access_key_id: AccessKeyId,
    secret_key: String,
    session_token: String,
    expiration: Timestamp,
}

impl From<Credentials> for IdentityCredentialsAnswer {
    fn from(credentials: Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id,
            secret_key: credentials.secret_access_key.expose_secret().to_owned(),
            session_token: credentials.session_token,
            expiration: credentials.expires_at,
        }
    }
}
