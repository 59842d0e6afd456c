//! What identity providers know a pool's users by: each identity is one user's.

use super::users::{self, index_status};
use super::{Conn, StoreError, user_data, user_imports};
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::linked_identity::{IdentityKey, LinkedIdentity, MOST_OF_A_USER};
use crate::userpools::user::{User, UserStatus};
use crate::userpools::user_data::Thing;

#[derive(sqlx::FromRow)]
struct IdentityRow {
    provider_name: String,
    attribute_name: String,
    attribute_value: String,
    user_id: UserId,
    provider_type: String,
    issuer: Option<String>,
    is_primary: i16,
    created_at: i64,
}

impl From<IdentityRow> for LinkedIdentity {
    fn from(row: IdentityRow) -> Self {
        Self {
            key: IdentityKey { provider: row.provider_name, attribute: row.attribute_name, value: row.attribute_value },
            user_id: row.user_id,
            provider_type: row.provider_type,
            issuer: row.issuer,
            is_primary: row.is_primary != 0,
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// Makes a user known by an identity; `false` if somebody is. Of two who link it at once, one does.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, pool_id: &UserPoolId, identity: &LinkedIdentity) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO user_identities (pool_id, provider_name, attribute_name, attribute_value, user_id, provider_type, \
                       issuer, is_primary, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                       ON CONFLICT (pool_id, provider_name, attribute_name, attribute_value) DO NOTHING";
    let LinkedIdentity { key, user_id, provider_type, issuer, is_primary, created_at } = identity;
    let is_primary = i16::from(*is_primary);
    let values = (&key.provider, &key.attribute, &key.value);
    let inserted =
        execute!(tx, SQL, [pool_id, values.0, values.1, values.2, user_id, provider_type, issuer, is_primary, created_at.millis()])?;
    if inserted == 1 {
        user_data::keep_new(tx, pool_id, &Thing::Identity(key.clone())).await?;
    }
    Ok(inserted == 1)
}

/// Whom a provider knows by this.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, key: &IdentityKey) -> Result<Option<LinkedIdentity>, StoreError> {
    const SQL: &str = "SELECT provider_name, attribute_name, attribute_value, user_id, provider_type, issuer, is_primary, created_at \
                       FROM user_identities WHERE pool_id = $1 AND provider_name = $2 AND attribute_name = $3 AND attribute_value = $4";
    let row = fetch!(tx, fetch_optional, IdentityRow, SQL, [pool_id, &key.provider, &key.attribute, &key.value])?;
    Ok(row.map(LinkedIdentity::from))
}

/// What providers know a user by: the one that they were made of first, then as they were linked.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
    const SQL: &str = "SELECT provider_name, attribute_name, attribute_value, user_id, provider_type, issuer, is_primary, created_at \
                       FROM user_identities WHERE pool_id = $1 AND user_id = $2 \
                       ORDER BY is_primary DESC, created_at, provider_name, attribute_name, attribute_value LIMIT $3";
    // One that the user was made of, and those that are linked.
    let most = i64::try_from(MOST_OF_A_USER + 1).unwrap_or(i64::MAX);
    let rows = fetch!(tx, fetch_all, IdentityRow, SQL, [pool_id, user_id, most])?;
    Ok(rows.into_iter().map(LinkedIdentity::from).collect())
}

/// Forgets what a provider knows a user by; `false` if nobody was known by it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, key: &IdentityKey) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM user_identities WHERE pool_id = $1 AND provider_name = $2 AND attribute_name = $3 \
                       AND attribute_value = $4";
    user_data::keep(tx, pool_id, &Thing::Identity(key.clone())).await?;
    Ok(execute!(tx, SQL, [pool_id, &key.provider, &key.attribute, &key.value])? == 1)
}

/// Keeps what providers know a user by who is about to be deleted.
pub(super) async fn keep_all(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    for identity in of_user(tx, pool_id, user_id).await? {
        user_data::keep(tx, pool_id, &Thing::Identity(identity.key)).await?;
    }
    Ok(())
}

/// Takes the password from a user, who signs in through a provider or not at all; what was proven by it counts no more.
///
/// # Errors
/// [`StoreError`].
pub async fn take_password(tx: &mut Conn, user: &User, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET password_hash = NULL, sealed_srp_verifier = NULL, temporary_password_expires_at = NULL, \
                       status = $3, password_generation = password_generation + 1, modified_at = $4 WHERE pool_id = $1 AND user_id = $2";
    let status = UserStatus::ExternalProvider;
    users::keep(tx, user).await?;
    execute!(tx, SQL, [&user.pool_id, &user.id, status.as_str(), now.millis()])?;
    user_imports::forget_password(tx, &user.pool_id, &user.id).await?;
    index_status(tx, &user.pool_id, &user.id, status).await
}
