//! Sign-ins as sessions, in pools that track them.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::userpools::session::UserSession;

/// A user's sessions in one answer, at most: AWS's `SessionsListType`.
const MOST: i64 = 125;

#[derive(sqlx::FromRow)]
struct SessionRow {
    session_id: String,
    origin_jti: String,
    client_id: ClientId,
    authenticated_at: i64,
    last_active_at: Option<i64>,
    last_ip_address: Option<String>,
    device_type: Option<String>,
}

impl From<SessionRow> for UserSession {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.session_id,
            origin_jti: row.origin_jti,
            client_id: row.client_id,
            created_at: Timestamp::from_millis(row.authenticated_at),
            last_active_at: Timestamp::from_millis(row.last_active_at.unwrap_or(row.authenticated_at)),
            last_ip_address: row.last_ip_address,
            device_type: row.device_type,
        }
    }
}

/// Makes a sign-in that was just recorded a session.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(tx: &mut Conn, pool_id: &UserPoolId, session: &UserSession) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET session_id = $3, last_active_at = $4, last_ip_address = $5, device_type = $6 \
                       WHERE pool_id = $1 AND origin_jti = $2";
    let UserSession { id, origin_jti, last_active_at, last_ip_address, device_type, .. } = session;
    execute!(tx, SQL, [pool_id, origin_jti, id, last_active_at.millis(), last_ip_address, device_type]).map(drop)
}

/// Notes that a session was used; nothing, if the sign-in is none.
///
/// # Errors
/// [`StoreError`].
pub async fn used(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    origin_jti: &str,
    ip_address: Option<&str>,
    device_type: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET last_active_at = $3, last_ip_address = $4, device_type = $5 \
                       WHERE pool_id = $1 AND origin_jti = $2 AND session_id IS NOT NULL AND revoked_at IS NULL";
    execute!(tx, SQL, [pool_id, origin_jti, now.millis(), ip_address, device_type]).map(drop)
}

/// The sessions of a user that go on, the last used first.
///
/// # Errors
/// [`StoreError`].
pub async fn active(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, now: Timestamp) -> Result<Vec<UserSession>, StoreError> {
    const SQL: &str = "SELECT session_id, origin_jti, client_id, authenticated_at, last_active_at, last_ip_address, device_type \
                       FROM token_families WHERE pool_id = $1 AND user_id = $2 AND session_id IS NOT NULL AND revoked_at IS NULL \
                       AND expires_at > $3 ORDER BY last_active_at DESC, session_id LIMIT $4";
    let rows = fetch!(tx, fetch_all, SessionRow, SQL, [pool_id, user_id, now.millis(), MOST])?;
    Ok(rows.into_iter().map(UserSession::from).collect())
}

/// A session of a user that goes on.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    session_id: &str,
    now: Timestamp,
) -> Result<Option<UserSession>, StoreError> {
    const SQL: &str = "SELECT session_id, origin_jti, client_id, authenticated_at, last_active_at, last_ip_address, device_type \
                       FROM token_families WHERE pool_id = $1 AND user_id = $2 AND session_id = $3 AND revoked_at IS NULL \
                       AND expires_at > $4";
    Ok(fetch!(tx, fetch_optional, SessionRow, SQL, [pool_id, user_id, session_id, now.millis()])?.map(UserSession::from))
}
