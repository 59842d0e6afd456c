//! Addresses that wait until a code has verified them.

use super::{Conn, StoreError};
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::name::NameKind;

/// The address of a kind that waits, if one does.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, kind: NameKind) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT address FROM pending_addresses WHERE pool_id = $1 AND user_id = $2 AND attribute = $3";
    scalar!(tx, fetch_optional, String, SQL, [pool_id, user_id, kind.as_str()])
}

/// Lets an address wait, in place of the last one.
///
/// # Errors
/// [`StoreError`].
pub async fn put(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, kind: NameKind, address: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO pending_addresses (pool_id, user_id, attribute, address) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (pool_id, user_id, attribute) DO UPDATE SET address = $4";
    execute!(tx, SQL, [pool_id, user_id, kind.as_str(), address]).map(drop)
}

/// No address of the kind waits any more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, kind: NameKind) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM pending_addresses WHERE pool_id = $1 AND user_id = $2 AND attribute = $3";
    execute!(tx, SQL, [pool_id, user_id, kind.as_str()]).map(drop)
}
