//! Sign-ins: token families, and challenge sessions that have been answered.

use super::groups::MembershipRow;
use super::users::{UserRow, user_columns};
use super::{Conn, StoreError, browser_sessions};
use crate::crypto::digest::HashedToken;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::userpools::authentication_level::Method;
use crate::userpools::group::{MOST_OF_A_USER, Membership};
use crate::userpools::user::User;

/// One sign-in: what every token of the family is judged by.
#[derive(Clone)]
pub struct TokenFamily {
    /// Its pool.
    pub pool_id: UserPoolId,
    /// Its id, which every token carries.
    pub origin_jti: String,
    /// Whose it is (`sub`).
    pub user_id: UserId,
    /// For which client.
    pub client_id: ClientId,
    /// On which remembered device.
    pub device_key: Option<String>,
    /// The hash of its first refresh token.
    pub refresh_token: HashedToken,
    /// How many refresh tokens have followed that one.
    pub generation: i64,
    /// When the last of them did.
    pub rotated_at: Option<Timestamp>,
    /// When the user signed in.
    pub authenticated_at: Timestamp,
    /// When the refresh token expires.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// How the user proved who they are.
    pub methods: Vec<Method>,
    /// What its tokens say in `acr`, where it was to reach a level.
    pub acr: Option<String>,
    /// The scopes that it was authorized for, blank-separated; `None` for a sign-in by the API, for all that the user may do.
    pub scope: Option<String>,
    /// The browser's session that it came by (`sid`).
    pub browser_session_id: Option<String>,
    /// What its access tokens are for (`aud`), where the client named it.
    pub resource: Option<String>,
}

#[derive(sqlx::FromRow)]
struct FamilyRow {
    pool_id: UserPoolId,
    origin_jti: String,
    user_id: UserId,
    client_id: ClientId,
    device_key: Option<String>,
    refresh_token_hash: String,
    generation: i64,
    rotated_at: Option<i64>,
    authenticated_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    methods: String,
    acr: Option<String>,
    scope: Option<String>,
    browser_session_id: Option<String>,
    resource: Option<String>,
}

impl From<FamilyRow> for TokenFamily {
    fn from(row: FamilyRow) -> Self {
        Self {
            pool_id: row.pool_id,
            origin_jti: row.origin_jti,
            user_id: row.user_id,
            client_id: row.client_id,
            device_key: row.device_key,
            refresh_token: HashedToken::stored(row.refresh_token_hash),
            generation: row.generation,
            rotated_at: row.rotated_at.map(Timestamp::from_millis),
            authenticated_at: Timestamp::from_millis(row.authenticated_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
            methods: Method::parse_all(&row.methods),
            acr: row.acr,
            scope: row.scope,
            browser_session_id: row.browser_session_id,
            resource: row.resource,
        }
    }
}

/// Records a sign-in; `false` if its client is gone meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_family(tx: &mut Conn, family: &TokenFamily) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO token_families (pool_id, origin_jti, user_id, client_id, device_key, refresh_token_hash, \
                       authenticated_at, expires_at, methods, acr, scope, browser_session_id, resource) \
                       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
                       WHERE EXISTS (SELECT 1 FROM user_pool_clients WHERE pool_id = $1 AND client_id = $4)";
    let inserted = execute!(
        tx,
        SQL,
        [
            &family.pool_id,
            &family.origin_jti,
            &family.user_id,
            &family.client_id,
            &family.device_key,
            family.refresh_token.as_str(),
            family.authenticated_at.millis(),
            family.expires_at.millis(),
            Method::write_all(&family.methods),
            &family.acr,
            &family.scope,
            &family.browser_session_id,
            &family.resource
        ]
    )?;
    Ok(inserted == 1)
}

/// A sign-in by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_family(tx: &mut Conn, pool_id: &UserPoolId, origin_jti: &str) -> Result<Option<TokenFamily>, StoreError> {
    const SQL: &str = "SELECT pool_id, origin_jti, user_id, client_id, device_key, refresh_token_hash, generation, rotated_at, \
                       authenticated_at, expires_at, revoked_at, methods, acr, scope, browser_session_id, resource \
                       FROM token_families WHERE pool_id = $1 AND origin_jti = $2";
    Ok(fetch!(tx, fetch_optional, FamilyRow, SQL, [pool_id, origin_jti])?.map(TokenFamily::from))
}

#[derive(sqlx::FromRow)]
struct FamilyOfMemberRow {
    #[sqlx(flatten)]
    family: FamilyRow,
    #[sqlx(flatten)]
    user: UserRow,
    #[sqlx(flatten)]
    membership: MembershipRow,
}

/// A sign-in, whose it is, and what groups they are in.
pub struct FamilyOfMember {
    /// The sign-in.
    pub family: TokenFamily,
    /// The user.
    pub user: User,
    /// Their groups.
    pub memberships: Vec<Membership>,
}

/// A sign-in by its id, and whose it is: what a refresh is judged by and makes tokens of, in one statement. A row a group.
///
/// # Errors
/// [`StoreError`].
pub async fn find_family_of_member(tx: &mut Conn, pool_id: &UserPoolId, origin_jti: &str) -> Result<Option<FamilyOfMember>, StoreError> {
    const SQL: &str = concat!(
        "SELECT f.origin_jti, f.client_id, f.device_key, f.refresh_token_hash, f.generation, f.rotated_at, f.authenticated_at, \
         f.expires_at, f.revoked_at, f.methods, f.acr, f.scope, f.browser_session_id, f.resource, ",
        user_columns!(),
        ", g.group_name, g.role_arn, g.precedence \
          FROM token_families f JOIN users u ON u.pool_id = f.pool_id AND u.user_id = f.user_id \
          LEFT JOIN user_group_members m ON m.pool_id = f.pool_id AND m.user_id = f.user_id \
          LEFT JOIN user_groups g ON g.pool_id = m.pool_id AND g.group_name = m.group_name \
          WHERE f.pool_id = $1 AND f.origin_jti = $2 ORDER BY m.group_name LIMIT $3"
    );
    let mut rows = fetch!(tx, fetch_all, FamilyOfMemberRow, SQL, [pool_id, origin_jti, MOST_OF_A_USER])?.into_iter();
    let Some(first) = rows.next() else { return Ok(None) };
    let memberships = std::iter::once(first.membership).chain(rows.map(|row| row.membership));
    let memberships = memberships.filter_map(MembershipRow::membership).collect();
    Ok(Some(FamilyOfMember { family: first.family.into(), user: first.user.try_into()?, memberships }))
}

/// Has another refresh token follow the newest, which is of this generation; `false` if it is not the newest any more: of two
/// racing uses of a token one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn rotate(tx: &mut Conn, family: &TokenFamily, now: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE token_families SET generation = $4, rotated_at = $5 \
                       WHERE pool_id = $1 AND origin_jti = $2 AND generation = $3 AND revoked_at IS NULL";
    let next = family.generation.saturating_add(1);
    Ok(execute!(tx, SQL, [&family.pool_id, &family.origin_jti, family.generation, next, now.millis()])? == 1)
}

/// Revokes one sign-in.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_family(tx: &mut Conn, pool_id: &UserPoolId, origin_jti: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET revoked_at = $3 WHERE pool_id = $1 AND origin_jti = $2 AND revoked_at IS NULL";
    execute!(tx, SQL, [pool_id, origin_jti, now.millis()]).map(drop)
}

/// Revokes every sign-in of a user, and signs them out of every browser.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_all(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET revoked_at = $3 WHERE pool_id = $1 AND user_id = $2 AND revoked_at IS NULL";
    execute!(tx, SQL, [pool_id, user_id, now.millis()])?;
    browser_sessions::delete_all(tx, pool_id, user_id).await
}

/// Revokes every sign-in of a user but one, and signs them out of every browser.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_others(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    origin_jti: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE token_families SET revoked_at = $4 \
                       WHERE pool_id = $1 AND user_id = $2 AND origin_jti <> $3 AND revoked_at IS NULL";
    execute!(tx, SQL, [pool_id, user_id, origin_jti, now.millis()])?;
    browser_sessions::delete_all(tx, pool_id, user_id).await
}

/// What became of a challenge session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRecord {
    /// Wrong answers so far.
    pub failed_attempts: i64,
    /// When it was answered rightly.
    pub used_at: Option<i64>,
}

/// What became of a challenge session so far.
///
/// # Errors
/// [`StoreError`].
pub async fn session(tx: &mut Conn, pool_id: &UserPoolId, session_id: &str) -> Result<SessionRecord, StoreError> {
    const SQL: &str = "SELECT failed_attempts, used_at FROM challenge_sessions WHERE pool_id = $1 AND session_id = $2";
    Ok(fetch!(tx, fetch_optional, SessionRecord, SQL, [pool_id, session_id])?.unwrap_or_default())
}

/// Marks a session as answered; `false` if it was answered before: of two racing answers one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn use_session(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    session_id: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO challenge_sessions (pool_id, session_id, failed_attempts, used_at, expires_at) \
                       VALUES ($1, $2, 0, $3, $4) ON CONFLICT (pool_id, session_id) DO UPDATE SET used_at = $3 \
                       WHERE challenge_sessions.used_at IS NULL";
    Ok(execute!(tx, SQL, [pool_id, session_id, now.millis(), expires_at.millis()])? == 1)
}

/// Counts a wrong answer.
///
/// # Errors
/// [`StoreError`].
pub async fn fail_session(tx: &mut Conn, pool_id: &UserPoolId, session_id: &str, expires_at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO challenge_sessions (pool_id, session_id, failed_attempts, used_at, expires_at) \
                       VALUES ($1, $2, 1, NULL, $3) ON CONFLICT (pool_id, session_id) \
                       DO UPDATE SET failed_attempts = challenge_sessions.failed_attempts + 1";
    execute!(tx, SQL, [pool_id, session_id, expires_at.millis()]).map(drop)
}
