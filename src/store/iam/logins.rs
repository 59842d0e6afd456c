//! Passwords of IAM users, and what accounts ask of them.

use crate::crypto::argon2::PasswordHash;
use crate::iam::entity::User;
use crate::iam::login::{LoginProfile, PasswordPolicy};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::{Conn, StoreError, doc};

/// What an account asks of passwords, where it says so itself.
///
/// # Errors
/// [`StoreError`].
pub async fn password_policy(tx: &mut Conn, account_id: &AccountId) -> Result<Option<PasswordPolicy>, StoreError> {
    const SQL: &str = "SELECT policy FROM iam_password_policies WHERE account_id = $1";
    let text = scalar!(tx, fetch_optional, String, SQL, [account_id])?;
    text.map(|text| doc::from_text("iam_password_policies", "policy", account_id.as_str(), &text)).transpose()
}

/// Gives an account a policy, in place of the one that it has.
///
/// # Errors
/// [`StoreError`].
pub async fn put_password_policy(tx: &mut Conn, account_id: &AccountId, policy: &PasswordPolicy) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_password_policies (account_id, policy) VALUES ($1, $2) \
                       ON CONFLICT (account_id) DO UPDATE SET policy = $2";
    let text = doc::to_text("iam_password_policies", "policy", account_id.as_str(), policy)?;
    execute!(tx, SQL, [account_id, text]).map(drop)
}

/// Takes an account's policy away; `false` if it has none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_password_policy(tx: &mut Conn, account_id: &AccountId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_password_policies WHERE account_id = $1";
    Ok(execute!(tx, SQL, [account_id])? == 1)
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    account_id: AccountId,
    user_id: UniqueId,
    password_id: String,
    password_hash: String,
    password_set_at: i64,
    password_reset_required: i16,
    max_session_seconds: Option<i64>,
    created_at: i64,
}

impl From<ProfileRow> for LoginProfile {
    fn from(row: ProfileRow) -> Self {
        Self {
            account_id: row.account_id,
            user_id: row.user_id,
            password_id: row.password_id,
            hash: PasswordHash::stored(row.password_hash),
            set_at: Timestamp::from_millis(row.password_set_at),
            reset_required: row.password_reset_required != 0,
            max_session_seconds: row.max_session_seconds,
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// The password of a user.
///
/// # Errors
/// [`StoreError`].
pub async fn login_profile(tx: &mut Conn, account_id: &AccountId, user_id: &UniqueId) -> Result<Option<LoginProfile>, StoreError> {
    const SQL: &str = "SELECT account_id, user_id, password_id, password_hash, password_set_at, password_reset_required, \
                       max_session_seconds, created_at FROM iam_login_profiles WHERE account_id = $1 AND user_id = $2";
    Ok(fetch!(tx, fetch_optional, ProfileRow, SQL, [account_id, user_id])?.map(LoginProfile::from))
}

/// Gives a user their first password. One who has one fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_login_profile(tx: &mut Conn, profile: &LoginProfile) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_login_profiles (account_id, user_id, password_id, password_hash, password_set_at, \
                       password_reset_required, max_session_seconds, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    execute!(
        tx,
        SQL,
        [
            &profile.account_id,
            &profile.user_id,
            &profile.password_id,
            profile.hash.as_str(),
            profile.set_at.millis(),
            i16::from(profile.reset_required),
            profile.max_session_seconds,
            profile.created_at.millis()
        ]
    )
    .map(drop)
}

/// Replaces the password that a user had when `password_id` was read; `false` if they have another since, or none.
///
/// # Errors
/// [`StoreError`].
pub async fn update_login_profile(tx: &mut Conn, password_id: &str, profile: &LoginProfile) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE iam_login_profiles SET password_id = $4, password_hash = $5, password_set_at = $6, \
                       password_reset_required = $7, max_session_seconds = $8 WHERE account_id = $1 AND user_id = $2 AND password_id = $3";
    let updated = execute!(
        tx,
        SQL,
        [
            &profile.account_id,
            &profile.user_id,
            password_id,
            &profile.password_id,
            profile.hash.as_str(),
            profile.set_at.millis(),
            i16::from(profile.reset_required),
            profile.max_session_seconds
        ]
    )?;
    Ok(updated == 1)
}

/// Takes a user's password away, and what was known of those before it; `false` if they have none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_login_profile(tx: &mut Conn, account_id: &AccountId, user_id: &UniqueId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_login_profiles WHERE account_id = $1 AND user_id = $2";
    const HISTORY: &str = "DELETE FROM iam_password_history WHERE account_id = $1 AND user_id = $2";
    execute!(tx, HISTORY, [account_id, user_id])?;
    Ok(execute!(tx, SQL, [account_id, user_id])? == 1)
}

/// The newest of the passwords that a user had before the present one, as many as are asked for.
///
/// # Errors
/// [`StoreError`].
pub async fn earlier_passwords(tx: &mut Conn, profile: &LoginProfile, limit: i64) -> Result<Vec<PasswordHash>, StoreError> {
    const SQL: &str = "SELECT password_hash FROM iam_password_history WHERE account_id = $1 AND user_id = $2 \
                       ORDER BY password_set_at DESC, password_id LIMIT $3";
    let hashes = scalar!(tx, fetch_all, String, SQL, [&profile.account_id, &profile.user_id, limit])?;
    Ok(hashes.into_iter().map(PasswordHash::stored).collect())
}

/// Keeps the password that a user has, which another is about to follow, and of those before it so many that `kept` are left.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_password(tx: &mut Conn, profile: &LoginProfile, kept: i64) -> Result<(), StoreError> {
    const KEEP: &str = "INSERT INTO iam_password_history (account_id, user_id, password_id, password_hash, password_set_at) \
                        VALUES ($1, $2, $3, $4, $5)";
    const FORGET: &str = "DELETE FROM iam_password_history WHERE account_id = $1 AND user_id = $2 AND password_id NOT IN \
                          (SELECT password_id FROM iam_password_history WHERE account_id = $1 AND user_id = $2 \
                          ORDER BY password_set_at DESC, password_id LIMIT $3)";
    let (account_id, user_id) = (&profile.account_id, &profile.user_id);
    execute!(tx, KEEP, [account_id, user_id, &profile.password_id, profile.hash.as_str(), profile.set_at.millis()])?;
    execute!(tx, FORGET, [account_id, user_id, kept]).map(drop)
}

/// Notes that a user signed in with their password: the first of several that come within `apart_millis`.
///
/// # Errors
/// [`StoreError`].
pub async fn note_password_use(tx: &mut Conn, user: &User, now: Timestamp, apart_millis: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_users SET password_last_used_at = $3 WHERE account_id = $1 AND user_id = $2 \
                       AND (password_last_used_at IS NULL OR password_last_used_at <= $4)";
    let before = now.millis().saturating_sub(apart_millis);
    if execute!(tx, SQL, [&user.account_id, &user.id, now.millis(), before])? == 1 {
        super::holder_changed(tx, user).await?;
    }
    Ok(())
}
