//! What an account has, counted and as a whole.

use crate::iam::uses::Use;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::{Conn, StoreError};

/// How many of each an account has.
#[derive(sqlx::FromRow)]
pub struct AccountCounts {
    /// IAM users.
    pub users: i64,
    /// Groups.
    pub user_groups: i64,
    /// Roles.
    pub roles: i64,
    /// Managed policies of its own.
    pub policies: i64,
    /// Their versions.
    pub versions: i64,
    /// Virtual MFA devices.
    pub devices: i64,
    /// Those that somebody has.
    pub devices_in_use: i64,
    /// Those that the root has.
    pub root_devices: i64,
    /// Access keys of the root.
    pub root_keys: i64,
    /// Providers that its roles may trust.
    pub providers: i64,
}

/// How many of each an account has.
///
/// # Errors
/// [`StoreError`].
pub async fn account_counts(tx: &mut Conn, account_id: &AccountId) -> Result<AccountCounts, StoreError> {
    const SQL: &str = "SELECT \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_users WHERE account_id = $1) AS users, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_groups WHERE account_id = $1) AS user_groups, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_roles WHERE account_id = $1) AS roles, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_policies WHERE account_id = $1) AS policies, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_policy_versions WHERE account_id = $1) AS versions, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_mfa_devices WHERE account_id = $1) AS devices, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_mfa_devices WHERE account_id = $1 AND owner_id IS NOT NULL) AS devices_in_use, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_mfa_devices WHERE account_id = $1 AND owner_id = $1) AS root_devices, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_access_keys WHERE account_id = $1 AND owner_id = $1) AS root_keys, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM iam_oidc_providers WHERE account_id = $1) AS providers";
    fetch!(tx, fetch_one, AccountCounts, SQL, [account_id])
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    owner_id: UniqueId,
    status: String,
    created_at: i64,
    last_used_at: Option<i64>,
    last_used_service: Option<String>,
    last_used_region: Option<String>,
}

/// What a report tells of an access key.
pub struct KeyUse {
    /// Whose it is: the account's number for the root.
    pub owner_id: UniqueId,
    /// Whether it is accepted.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used: Option<Use>,
}

/// The access keys of an account, the oldest first: two a user, by quota.
///
/// # Errors
/// [`StoreError`].
pub async fn keys_of_account(tx: &mut Conn, account_id: &AccountId) -> Result<Vec<KeyUse>, StoreError> {
    const SQL: &str = "SELECT owner_id, status, created_at, last_used_at, last_used_service, last_used_region FROM iam_access_keys \
                       WHERE account_id = $1 ORDER BY created_at, access_key_id";
    let read = |row: KeyRow| {
        let used =
            || Some(Use { at: Timestamp::from_millis(row.last_used_at?), service: row.last_used_service?, region: row.last_used_region? });
        let (active, created_at) = (row.status == "Active", Timestamp::from_millis(row.created_at));
        KeyUse { owner_id: row.owner_id, active, created_at, used: used() }
    };
    Ok(fetch!(tx, fetch_all, KeyRow, SQL, [account_id])?.into_iter().map(read).collect())
}

/// When each password of an account's users was set: one a user at most.
///
/// # Errors
/// [`StoreError`].
pub async fn passwords_of_account(tx: &mut Conn, account_id: &AccountId) -> Result<Vec<(UniqueId, Timestamp)>, StoreError> {
    const SQL: &str = "SELECT user_id, password_set_at FROM iam_login_profiles WHERE account_id = $1 ORDER BY user_id";
    let rows = fetch!(tx, fetch_all, (UniqueId, i64), SQL, [account_id])?;
    Ok(rows.into_iter().map(|(id, at)| (id, Timestamp::from_millis(at))).collect())
}

/// Who in an account has an MFA device.
///
/// # Errors
/// [`StoreError`].
pub async fn mfa_holders(tx: &mut Conn, account_id: &AccountId) -> Result<Vec<UniqueId>, StoreError> {
    const SQL: &str = "SELECT DISTINCT owner_id FROM iam_mfa_devices WHERE account_id = $1 AND owner_id IS NOT NULL ORDER BY owner_id";
    scalar!(tx, fetch_all, UniqueId, SQL, [account_id])
}

/// Keeps a report in the place of the one before it.
///
/// # Errors
/// [`StoreError`].
pub async fn put_credential_report(tx: &mut Conn, account_id: &AccountId, content: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_credential_reports (account_id, content, generated_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (account_id) DO UPDATE SET content = $2, generated_at = $3";
    execute!(tx, SQL, [account_id, content, now.millis()]).map(drop)
}

/// The newest report of an account, and when it was made.
///
/// # Errors
/// [`StoreError`].
pub async fn credential_report(tx: &mut Conn, account_id: &AccountId) -> Result<Option<(String, Timestamp)>, StoreError> {
    const SQL: &str = "SELECT content, generated_at FROM iam_credential_reports WHERE account_id = $1";
    let row = fetch!(tx, fetch_optional, (String, i64), SQL, [account_id])?;
    Ok(row.map(|(content, at)| (content, Timestamp::from_millis(at))))
}
