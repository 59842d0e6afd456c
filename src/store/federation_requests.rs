//! Browsers on their way to another provider and back, one row a way.

use super::{Conn, StoreError};
use crate::crypto::digest::HashedToken;
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::federation_request::FederationRequest;

/// A way.
pub struct StoredRequest {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The hash of what comes back.
    pub state: HashedToken,
    /// The provider.
    pub provider_name: String,
    /// What the browser left with.
    pub sealed_request: Sealed<FederationRequest>,
    /// Until when it may come back.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    pool_id: UserPoolId,
    state_hash: String,
    provider_name: String,
    sealed_request: Sealed<FederationRequest>,
    expires_at: i64,
}

impl From<RequestRow> for StoredRequest {
    fn from(row: RequestRow) -> Self {
        Self {
            pool_id: row.pool_id,
            state: HashedToken::stored(row.state_hash),
            provider_name: row.provider_name,
            sealed_request: row.sealed_request,
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

/// Records that a browser leaves; `false` if the provider is gone meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, request: &StoredRequest) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO federation_requests (pool_id, state_hash, provider_name, sealed_request, expires_at) \
                       SELECT $1, $2, $3, $4, $5 \
                       WHERE EXISTS (SELECT 1 FROM identity_providers WHERE pool_id = $1 AND provider_name = $3)";
    let StoredRequest { pool_id, state, provider_name, sealed_request, expires_at } = request;
    Ok(execute!(tx, SQL, [pool_id, state.as_str(), provider_name, sealed_request, expires_at.millis()])? == 1)
}

/// The way of what came back, unless it took too long.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, state: &HashedToken, now: Timestamp) -> Result<Option<StoredRequest>, StoreError> {
    const SQL: &str = "SELECT pool_id, state_hash, provider_name, sealed_request, expires_at FROM federation_requests \
                       WHERE pool_id = $1 AND state_hash = $2 AND expires_at > $3";
    Ok(fetch!(tx, fetch_optional, RequestRow, SQL, [pool_id, state.as_str(), now.millis()])?.map(StoredRequest::from))
}

/// Keeps a way with the provider's answer.
///
/// # Errors
/// [`StoreError`].
pub async fn answer(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    state: &HashedToken,
    sealed: &Sealed<FederationRequest>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE federation_requests SET sealed_request = $3 WHERE pool_id = $1 AND state_hash = $2";
    execute!(tx, SQL, [pool_id, state.as_str(), sealed]).map(drop)
}

/// Ends a way; `false` if it had ended. Of two who come back by it at once, one does.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, state: &HashedToken) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM federation_requests WHERE pool_id = $1 AND state_hash = $2";
    Ok(execute!(tx, SQL, [pool_id, state.as_str()])? == 1)
}

/// Ends all ways to a provider.
pub(super) async fn delete_all(tx: &mut Conn, pool_id: &UserPoolId, provider_name: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM federation_requests WHERE pool_id = $1 AND provider_name = $2";
    execute!(tx, SQL, [pool_id, provider_name]).map(drop)
}
