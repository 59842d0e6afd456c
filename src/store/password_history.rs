//! Hashes of the passwords that users had before.

use super::{Conn, StoreError};
use crate::crypto::argon2::PasswordHash;
use crate::userpools::user::User;

/// The newest of the passwords that a user had before, as many as are asked for.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(tx: &mut Conn, user: &User, limit: i64) -> Result<Vec<PasswordHash>, StoreError> {
    const SQL: &str = "SELECT password_hash FROM password_history WHERE pool_id = $1 AND user_id = $2 \
                       ORDER BY password_generation DESC LIMIT $3";
    let hashes = scalar!(tx, fetch_all, String, SQL, [&user.pool_id, &user.id, limit])?;
    Ok(hashes.into_iter().map(PasswordHash::stored).collect())
}

/// Keeps the password that a user has, which another is about to follow, and of those before it so many that `kept` are left.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(tx: &mut Conn, user: &User, kept: i64) -> Result<(), StoreError> {
    const KEEP: &str = "INSERT INTO password_history (pool_id, user_id, password_generation, password_hash) VALUES ($1, $2, $3, $4) \
                        ON CONFLICT (pool_id, user_id, password_generation) DO NOTHING";
    const FORGET: &str = "DELETE FROM password_history WHERE pool_id = $1 AND user_id = $2 AND password_generation <= $3";
    let generation = user.password_generation.number();
    if let Some(password) = user.password.as_ref().filter(|_| kept > 0) {
        execute!(tx, KEEP, [&user.pool_id, &user.id, generation, password.hash.as_str()])?;
    }
    execute!(tx, FORGET, [&user.pool_id, &user.id, generation.saturating_sub(kept)]).map(drop)
}
