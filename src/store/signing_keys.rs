//! The signing keys of user pools.

use super::changes::Change;
use super::{Conn, StoreError};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::tokens::keys::PrivateKey;
use crate::userpools::signing_keys::{KeyState, Standing};

/// Whose are the keys that sign the tokens of identity pools: no user pool has such an id.
pub const OF_IDENTITY_POOLS: &str = "cognito-identity";

/// A signing key at rest.
#[derive(Clone)]
pub struct StoredKey {
    /// The key, and what it does.
    pub standing: Standing,
    /// The private key, sealed.
    pub sealed_key: Sealed<PrivateKey>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    kid: String,
    sealed_key: Sealed<PrivateKey>,
    state: String,
    state_since: i64,
}

impl TryFrom<KeyRow> for StoredKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let state = KeyState::parse(&row.state).ok_or_else(|| StoreError::corrupt("pool_signing_keys", "state", &row.kid))?;
        let standing = Standing { kid: row.kid, state, since: Timestamp::from_millis(row.state_since) };
        Ok(Self { standing, sealed_key: row.sealed_key })
    }
}

/// Adds a signing key, made now.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, pool_id: &UserPoolId, key: &StoredKey) -> Result<(), StoreError> {
    const SQL: &str =
        "INSERT INTO pool_signing_keys (pool_id, kid, sealed_key, state, state_since, created_at) VALUES ($1, $2, $3, $4, $5, $5)";
    let Standing { kid, state, since } = &key.standing;
    execute!(tx, SQL, [pool_id, kid, &key.sealed_key, state.as_str(), since.millis()])?;
    tx.changed(Change::PoolKeys(pool_id.to_owned()));
    Ok(())
}

/// The signing keys of a pool, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_pool(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<StoredKey>, StoreError> {
    const SQL: &str =
        "SELECT kid, sealed_key, state, state_since FROM pool_signing_keys WHERE pool_id = $1 ORDER BY created_at DESC LIMIT 10";
    fetch!(tx, fetch_all, KeyRow, SQL, [pool_id])?.into_iter().map(StoredKey::try_from).collect()
}

/// Gives a key another state.
///
/// # Errors
/// [`StoreError`].
pub async fn set_state(tx: &mut Conn, pool_id: &UserPoolId, kid: &str, state: KeyState, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE pool_signing_keys SET state = $3, state_since = $4 WHERE pool_id = $1 AND kid = $2";
    execute!(tx, SQL, [pool_id, kid, state.as_str(), now.millis()])?;
    tx.changed(Change::PoolKeys(pool_id.to_owned()));
    Ok(())
}

/// A pool, and since when its current key signs.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// The pool.
    pub pool_id: UserPoolId,
    since: i64,
}

/// Before all pools.
impl Default for Due {
    fn default() -> Self {
        Self { pool_id: UserPoolId::from(""), since: 0 }
    }
}

/// The pools whose current keys sign since before a moment, the oldest keys first, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn due(tx: &mut Conn, before: Timestamp, after: &Due, limit: i64) -> Result<Vec<Due>, StoreError> {
    fetch!(tx, fetch_all, Due, DUE, [before.millis(), after.since, &after.pool_id, limit])
}

const DUE: &str = "SELECT pool_id, state_since AS since FROM pool_signing_keys \
                   WHERE state = 'current' AND state_since <= $1 AND (state_since, pool_id) > ($2, $3) \
                   ORDER BY state_since, pool_id LIMIT $4";

/// Deletes keys whose turns ended before a moment, at most `limit`. Answers how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_previous(tx: &mut Conn, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let pools = scalar!(tx, fetch_all, UserPoolId, DELETE_PREVIOUS, [before.millis(), limit])?;
    let deleted = pools.len();
    for pool_id in pools {
        tx.changed(Change::PoolKeys(pool_id));
    }
    Ok(deleted)
}

const DELETE_PREVIOUS: &str = "DELETE FROM pool_signing_keys WHERE (pool_id, kid) IN \
                               (SELECT pool_id, kid FROM pool_signing_keys WHERE state = 'previous' AND state_since <= $1 \
                               ORDER BY state_since, pool_id LIMIT $2) RETURNING pool_id";

/// Gives a pool's next key a state that there is not.
///
/// # Errors
/// [`StoreError`].
#[cfg(test)]
pub async fn garble(tx: &mut Conn, pool_id: &UserPoolId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE pool_signing_keys SET state = 'garbled' WHERE pool_id = $1 AND state = 'next'";
    execute!(tx, SQL, [pool_id])?;
    tx.changed(Change::PoolKeys(pool_id.to_owned()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::template;

    #[actix_web::test]
    async fn what_is_due_is_found_by_an_index() {
        for sql in [DUE, DELETE_PREVIOUS] {
            let plan = template::plan(sql).await.join("\n");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
