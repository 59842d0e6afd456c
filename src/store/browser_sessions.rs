//! Who is signed in at the hosted pages of a pool, one row a browser.

use super::{Conn, StoreError};
use crate::crypto::digest::HashedToken;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::authentication_level::Method;

/// A browser that is signed in.
#[derive(Clone)]
pub struct BrowserSession {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The hash of what the browser holds.
    pub token: HashedToken,
    /// What ID tokens call it (`sid`).
    pub session_id: String,
    /// Who is signed in (`sub`).
    pub user_id: UserId,
    /// When they proved who they are.
    pub authenticated_at: Timestamp,
    /// When it ends, whoever asks.
    pub expires_at: Timestamp,
    /// How they proved who they are.
    pub methods: Vec<Method>,
    /// The level that the sign-in reached, where it was to reach one.
    pub acr: Option<String>,
    /// The provider that vouched for the user; `None` is the pool itself.
    pub provider: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    pool_id: UserPoolId,
    session_hash: String,
    session_id: String,
    user_id: UserId,
    authenticated_at: i64,
    expires_at: i64,
    methods: String,
    acr: Option<String>,
    provider_name: Option<String>,
}

impl From<SessionRow> for BrowserSession {
    fn from(row: SessionRow) -> Self {
        Self {
            pool_id: row.pool_id,
            token: HashedToken::stored(row.session_hash),
            session_id: row.session_id,
            user_id: row.user_id,
            authenticated_at: Timestamp::from_millis(row.authenticated_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            methods: Method::parse_all(&row.methods),
            acr: row.acr,
            provider: row.provider_name,
        }
    }
}

/// Records a sign-in; `false` if its pool is gone meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, session: &BrowserSession) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO browser_sessions (pool_id, session_hash, session_id, user_id, authenticated_at, expires_at, methods, \
                       acr, provider_name) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE EXISTS (SELECT 1 FROM users WHERE pool_id = $1 AND user_id = $4)";
    let inserted = execute!(
        tx,
        SQL,
        [
            &session.pool_id,
            session.token.as_str(),
            &session.session_id,
            &session.user_id,
            session.authenticated_at.millis(),
            session.expires_at.millis(),
            Method::write_all(&session.methods),
            &session.acr,
            &session.provider
        ]
    )?;
    Ok(inserted == 1)
}

/// The session of a browser, unless it has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, token: &HashedToken, now: Timestamp) -> Result<Option<BrowserSession>, StoreError> {
    const SQL: &str = "SELECT pool_id, session_hash, session_id, user_id, authenticated_at, expires_at, methods, acr, \
                       provider_name \
                       FROM browser_sessions WHERE pool_id = $1 AND session_hash = $2 AND expires_at > $3";
    Ok(fetch!(tx, fetch_optional, SessionRow, SQL, [pool_id, token.as_str(), now.millis()])?.map(BrowserSession::from))
}

/// Ends the session of a browser.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, token: &HashedToken) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM browser_sessions WHERE pool_id = $1 AND session_hash = $2";
    execute!(tx, SQL, [pool_id, token.as_str()]).map(drop)
}

/// Ends every session of a user, and what was authorized in them and not yet fetched.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_all(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    const SESSIONS: &str = "DELETE FROM browser_sessions WHERE pool_id = $1 AND user_id = $2";
    const CODES: &str = "DELETE FROM authorization_codes WHERE pool_id = $1 AND user_id = $2";
    const DEVICES: &str = "DELETE FROM device_authorizations WHERE pool_id = $1 AND user_id = $2";
    execute!(tx, SESSIONS, [pool_id, user_id])?;
    execute!(tx, CODES, [pool_id, user_id])?;
    execute!(tx, DEVICES, [pool_id, user_id]).map(drop)
}
