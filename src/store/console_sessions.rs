//! Who is signed in to the console, one row a browser.

use super::{Conn, StoreError};
use crate::crypto::digest::HashedToken;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};

/// A browser that is signed in.
pub struct ConsoleSession {
    /// The account.
    pub account_id: AccountId,
    /// The hash of what the browser holds.
    pub token: HashedToken,
    /// Who is signed in: a user, or the account's root.
    pub principal_id: UniqueId,
    /// The key that the sign-in proved; `None` by a password, and where `dev` signed its root in.
    pub access_key_id: Option<AccessKeyId>,
    /// The password that the sign-in proved.
    pub password_id: Option<String>,
    /// When a code of an MFA device was shown.
    pub mfa_at: Option<Timestamp>,
    /// How long the session lasts at most, where the password says so: seconds.
    pub whole_seconds: Option<i64>,
    /// When the session began.
    pub created_at: Timestamp,
    /// When a secret was last proven.
    pub authenticated_at: Timestamp,
    /// When it ends, unless it is used before that.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    account_id: AccountId,
    session_hash: String,
    principal_id: UniqueId,
    access_key_id: Option<AccessKeyId>,
    password_id: Option<String>,
    mfa_at: Option<i64>,
    whole_seconds: Option<i64>,
    created_at: i64,
    authenticated_at: i64,
    expires_at: i64,
}

impl From<SessionRow> for ConsoleSession {
    fn from(row: SessionRow) -> Self {
        Self {
            account_id: row.account_id,
            token: HashedToken::stored(row.session_hash),
            principal_id: row.principal_id,
            access_key_id: row.access_key_id,
            password_id: row.password_id,
            mfa_at: row.mfa_at.map(Timestamp::from_millis),
            whole_seconds: row.whole_seconds,
            created_at: Timestamp::from_millis(row.created_at),
            authenticated_at: Timestamp::from_millis(row.authenticated_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

/// Records a sign-in.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, session: &ConsoleSession) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO console_sessions (account_id, session_hash, principal_id, access_key_id, password_id, mfa_at, \
                       whole_seconds, created_at, authenticated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    execute!(
        tx,
        SQL,
        [
            &session.account_id,
            session.token.as_str(),
            &session.principal_id,
            &session.access_key_id,
            &session.password_id,
            session.mfa_at.map(Timestamp::millis),
            session.whole_seconds,
            session.created_at.millis(),
            session.authenticated_at.millis(),
            session.expires_at.millis()
        ]
    )
    .map(drop)
}

/// The session of a browser, unless it has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tx: &mut Conn,
    account_id: &AccountId,
    token: &HashedToken,
    now: Timestamp,
) -> Result<Option<ConsoleSession>, StoreError> {
    const SQL: &str = "SELECT account_id, session_hash, principal_id, access_key_id, password_id, mfa_at, whole_seconds, created_at, \
                       authenticated_at, expires_at FROM console_sessions WHERE account_id = $1 AND session_hash = $2 AND expires_at > $3";
    Ok(fetch!(tx, fetch_optional, SessionRow, SQL, [account_id, token.as_str(), now.millis()])?.map(ConsoleSession::from))
}

/// Notes that a session is used, so that its idle time begins anew; one that is gone stays gone.
///
/// # Errors
/// [`StoreError`].
pub async fn prolong(tx: &mut Conn, session: &ConsoleSession, expires_at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE console_sessions SET expires_at = $3 WHERE account_id = $1 AND session_hash = $2";
    execute!(tx, SQL, [&session.account_id, session.token.as_str(), expires_at.millis()]).map(drop)
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, account_id: &AccountId, token: &HashedToken) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM console_sessions WHERE account_id = $1 AND session_hash = $2";
    execute!(tx, SQL, [account_id, token.as_str()]).map(drop)
}

/// Ends every session of somebody.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_all(tx: &mut Conn, account_id: &AccountId, principal_id: &UniqueId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM console_sessions WHERE account_id = $1 AND principal_id = $2";
    execute!(tx, SQL, [account_id, principal_id]).map(drop)
}
