//! What belongs to the deployment as a whole, recorded by its first node and adopted by the rest.

use super::changes::Change;
use super::{Conn, StoreError};

/// The recorded value of a setting.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT value FROM deployment_settings WHERE name = $1";
    scalar!(tx, fetch_optional, String, SQL, [name])
}

/// Records a value unless there is one; answers what is recorded then.
///
/// # Errors
/// [`StoreError`].
pub async fn adopt(tx: &mut Conn, name: &str, value: &str) -> Result<String, StoreError> {
    const SQL: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    execute!(tx, SQL, [name, value])?;
    Ok(find(tx, name).await?.unwrap_or_else(|| value.to_owned()))
}

/// Records a value in place of another.
///
/// # Errors
/// [`StoreError`].
pub async fn replace(tx: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
    execute!(tx, SQL, [name, value]).map(drop)
}

/// Empties every table but the deployment's own record: `POST /_dev/reset`.
///
/// # Errors
/// [`StoreError`].
pub async fn empty(tx: &mut Conn) -> Result<(), StoreError> {
    const SQL: [&str; 21] = [
        "DELETE FROM user_pools",
        "DELETE FROM pool_signing_keys",
        "DELETE FROM user_pool_clients",
        "DELETE FROM client_directory",
        "DELETE FROM users",
        "DELETE FROM user_names",
        "DELETE FROM user_aliases",
        "DELETE FROM user_search",
        "DELETE FROM verification_codes",
        "DELETE FROM challenge_sessions",
        "DELETE FROM sign_in_attempts",
        "DELETE FROM token_families",
        "DELETE FROM outbox_messages",
        "DELETE FROM message_budgets",
        "DELETE FROM identity_pools",
        "DELETE FROM identities",
        "DELETE FROM identity_logins",
        "DELETE FROM identity_directory",
        "DELETE FROM iam_users",
        "DELETE FROM iam_roles",
        "DELETE FROM iam_inline_policies",
    ];
    for sql in SQL {
        execute!(tx, sql, [])?;
    }
    execute!(tx, "DELETE FROM iam_access_keys", [])?;
    tx.changed(Change::Everything);
    Ok(())
}

/// Whether the database answers.
///
/// # Errors
/// [`StoreError`].
pub async fn ping(tx: &mut Conn) -> Result<(), StoreError> {
    scalar!(tx, fetch_one, i64, "SELECT CAST(1 AS BIGINT)", []).map(drop)
}

/// Deletes what has expired: at most `limit` rows of each kind, so that no transaction is long.
///
/// # Errors
/// [`StoreError`].
pub async fn purge(tx: &mut Conn, now_millis: i64, limit: i64) -> Result<u64, StoreError> {
    const SQL: [&str; 3] = [
        "DELETE FROM challenge_sessions WHERE (pool_id, session_id) IN \
         (SELECT pool_id, session_id FROM challenge_sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        "DELETE FROM token_families WHERE (pool_id, origin_jti) IN \
         (SELECT pool_id, origin_jti FROM token_families WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        "DELETE FROM sign_in_attempts WHERE (pool_id, name_hash, factor) IN \
         (SELECT pool_id, name_hash, factor FROM sign_in_attempts WHERE fades_at < $1 ORDER BY fades_at LIMIT $2)",
    ];
    let mut deleted = 0;
    for sql in SQL {
        deleted += execute!(tx, sql, [now_millis, limit])?;
    }
    Ok(deleted)
}
