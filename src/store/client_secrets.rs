//! The secrets of app clients, in their client's row: the older, and the younger where there are two.

use super::changes::Change;
use super::{Conn, StoreError};
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::client_secret::ClientSecret;

/// Adds a secret beside the only one; `false` where there is none, or another already.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId, secret: &ClientSecret) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE user_pool_clients SET second_sealed_secret = $3, second_secret_created_at = $4 \
                       WHERE pool_id = $1 AND client_id = $2 AND sealed_secret IS NOT NULL AND second_sealed_secret IS NULL";
    let added = execute!(tx, SQL, [pool_id, client_id, &secret.sealed, secret.created_at.millis()])?;
    tx.changed(Change::AppClient(client_id.to_owned()));
    Ok(added == 1)
}

/// Deletes one of two secrets; `false` where it is none of them, or the only one. The younger takes the place of the older.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId, secret: &ClientSecret) -> Result<bool, StoreError> {
    const YOUNGER: &str = "UPDATE user_pool_clients SET second_sealed_secret = NULL, second_secret_created_at = NULL \
                           WHERE pool_id = $1 AND client_id = $2 AND second_secret_created_at = $3";
    const OLDER: &str = "UPDATE user_pool_clients SET sealed_secret = second_sealed_secret, \
                         secret_created_at = second_secret_created_at, secret_is_withheld = 1, second_sealed_secret = NULL, \
                         second_secret_created_at = NULL WHERE pool_id = $1 AND client_id = $2 \
                         AND COALESCE(secret_created_at, created_at) = $3 AND second_sealed_secret IS NOT NULL";
    let mut deleted = 0;
    for sql in [YOUNGER, OLDER] {
        if deleted == 0 {
            deleted = execute!(tx, sql, [pool_id, client_id, secret.created_at.millis()])?;
        }
    }
    tx.changed(Change::AppClient(client_id.to_owned()));
    Ok(deleted == 1)
}
