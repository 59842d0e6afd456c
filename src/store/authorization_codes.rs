//! Authorization codes, and what each was given for.

use serde::{Deserialize, Serialize};

use super::{Conn, StoreError, doc};
use crate::crypto::digest::HashedToken;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::userpools::authentication_level::Method;

/// A code that a browser carries to a client.
#[derive(Clone)]
pub struct AuthorizationCode {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The hash of the code.
    pub code: HashedToken,
    /// The client that it is for.
    pub client_id: ClientId,
    /// Who is signed in (`sub`).
    pub user_id: UserId,
    /// What was authorized.
    pub grant: Grant,
    /// Until when it may be exchanged.
    pub valid_until: Timestamp,
    /// The sign-in that it was exchanged for.
    pub origin_jti: Option<String>,
    /// Until when it is known that it was there.
    pub expires_at: Timestamp,
}

/// What was authorized.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The address that the code was sent to, as the request named it; absent where it named none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The address that the code was sent to where the request named none: the client's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_redirect_uri: Option<String>,
    /// The scopes, blank-separated.
    pub scope: String,
    /// What the client has the ID token repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The S256 challenge (RFC 7636 §4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
    /// What the access token is for (`aud`), where the client named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The browser's session (`sid`).
    pub session_id: String,
    /// When the user proved who they are: milliseconds.
    pub authenticated_at: i64,
    /// How they did.
    pub methods: Vec<Method>,
    /// The level that the sign-in reached, where it was to reach one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    pool_id: UserPoolId,
    code_hash: String,
    client_id: ClientId,
    user_id: UserId,
    grant_document: String,
    valid_until: i64,
    origin_jti: Option<String>,
    expires_at: i64,
}

impl TryFrom<CodeRow> for AuthorizationCode {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        Ok(Self {
            grant: doc::from_text("authorization_codes", "grant_document", &row.code_hash, &row.grant_document)?,
            pool_id: row.pool_id,
            code: HashedToken::stored(row.code_hash),
            client_id: row.client_id,
            user_id: row.user_id,
            valid_until: Timestamp::from_millis(row.valid_until),
            origin_jti: row.origin_jti,
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

/// Records a code; `false` if the browser's session has ended meanwhile, or the client is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, code: &AuthorizationCode, session: &HashedToken) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO authorization_codes (pool_id, code_hash, client_id, user_id, grant_document, valid_until, expires_at) \
                       SELECT $1, $2, $3, $4, $5, $6, $7 \
                       WHERE EXISTS (SELECT 1 FROM user_pool_clients WHERE pool_id = $1 AND client_id = $3) \
                       AND EXISTS (SELECT 1 FROM browser_sessions WHERE pool_id = $1 AND session_hash = $8)";
    let grant = doc::to_text("authorization_codes", "grant_document", code.code.as_str(), &code.grant)?;
    let inserted = execute!(
        tx,
        SQL,
        [
            &code.pool_id,
            code.code.as_str(),
            &code.client_id,
            &code.user_id,
            grant,
            code.valid_until.millis(),
            code.expires_at.millis(),
            session.as_str()
        ]
    )?;
    Ok(inserted == 1)
}

/// A code, used or not.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, code: &HashedToken) -> Result<Option<AuthorizationCode>, StoreError> {
    const SQL: &str = "SELECT pool_id, code_hash, client_id, user_id, grant_document, valid_until, origin_jti, expires_at \
                       FROM authorization_codes WHERE pool_id = $1 AND code_hash = $2";
    fetch!(tx, fetch_optional, CodeRow, SQL, [pool_id, code.as_str()])?.map(AuthorizationCode::try_from).transpose()
}

/// Marks a code as exchanged for a sign-in; `false` if it was exchanged before: of two racing uses one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn spend(tx: &mut Conn, pool_id: &UserPoolId, code: &HashedToken, origin_jti: &str) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE authorization_codes SET origin_jti = $3 WHERE pool_id = $1 AND code_hash = $2 AND origin_jti IS NULL";
    Ok(execute!(tx, SQL, [pool_id, code.as_str(), origin_jti])? == 1)
}
