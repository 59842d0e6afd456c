//! The users of a pool, by name, alias or `sub`.

use super::user_data::{self, Leaving};
use super::{Conn, StoreError, doc, names, user_identities, web_authn};
use crate::crypto::argon2::PasswordHash;
use crate::crypto::sealed::Sealed;
use crate::crypto::srp::Verifier;
use crate::crypto::totp::TotpSeed;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::name::CanonicalName;
use crate::userpools::pool::Pool;
use crate::userpools::user::{Generation, PasswordRecord, User, UserStatus};
use crate::userpools::user_data::Thing;

/// The attributes that ListUsers filters by; user status, enabled and sub are columns.
pub const SEARCHED: [&str; 8] =
    ["username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username", "cognito:user_status"];

/// Search values are cut to this many bytes: an index entry must stay small.
const SEARCHED_BYTES: usize = 512;

#[derive(sqlx::FromRow)]
pub(super) struct UserRow {
    pool_id: UserPoolId,
    user_id: UserId,
    username: String,
    status: String,
    enabled: i16,
    attributes: String,
    password_hash: Option<String>,
    sealed_srp_verifier: Option<Sealed<Verifier>>,
    temporary_password_expires_at: Option<i64>,
    password_set_at: Option<i64>,
    sealed_totp_seed: Option<Sealed<TotpSeed>>,
    totp_last_step: Option<i64>,
    sealed_pending_totp_seed: Option<Sealed<TotpSeed>>,
    mfa_preference: String,
    password_generation: i64,
    factor_generation: i64,
    srp_name: Option<String>,
    totp_device_name: Option<String>,
    has_passkey: i16,
    created_at: i64,
    modified_at: i64,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("users", column, row.user_id.as_str());
        let password = match (row.password_hash, row.sealed_srp_verifier) {
            (Some(hash), Some(sealed_srp_verifier)) => Some(PasswordRecord {
                hash: PasswordHash::stored(hash),
                sealed_srp_verifier,
                srp_name: row.srp_name.unwrap_or_else(|| row.username.clone()),
                temporary_until: row.temporary_password_expires_at.map(Timestamp::from_millis),
                set_at: Timestamp::from_millis(row.password_set_at.unwrap_or(row.modified_at)),
            }),
            _ => None,
        };
        Ok(Self {
            status: UserStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?,
            enabled: row.enabled != 0,
            attributes: doc::from_text("users", "attributes", row.user_id.as_str(), &row.attributes)?,
            mfa: doc::from_text("users", "mfa_preference", row.user_id.as_str(), &row.mfa_preference)?,
            password,
            pool_id: row.pool_id,
            id: row.user_id,
            username: row.username,
            password_generation: Generation::stored(row.password_generation),
            factor_generation: Generation::stored(row.factor_generation),
            sealed_totp_seed: row.sealed_totp_seed,
            sealed_pending_totp_seed: row.sealed_pending_totp_seed,
            totp_last_step: row.totp_last_step,
            totp_device_name: row.totp_device_name,
            has_passkey: row.has_passkey != 0,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

/// The columns of [`UserRow`], after the alias `u`.
macro_rules! user_columns {
    () => {
        "u.pool_id, u.user_id, u.username, u.status, u.enabled, u.attributes, u.password_hash, u.sealed_srp_verifier, \
         u.temporary_password_expires_at, u.password_set_at, u.sealed_totp_seed, u.totp_last_step, u.sealed_pending_totp_seed, u.mfa_preference, \
         u.password_generation, u.factor_generation, u.srp_name, u.totp_device_name, u.has_passkey, u.created_at, u.modified_at"
    };
}

pub(super) use user_columns;

/// A user by whatever the wire calls a username: the name itself, the `sub`, or an address that is theirs.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool: &Pool, name: &str) -> Result<Option<User>, StoreError> {
    // What is longer than any name is nobody's.
    match pool.canonical(name) {
        Ok(name) => find_named(tx, &pool.id, &name).await,
        Err(_) => Ok(None),
    }
}

/// A user by a name in its one form: one statement, whatever the name is to its user and whether or not anybody has it.
///
/// # Errors
/// [`StoreError`].
pub async fn find_named(tx: &mut Conn, pool_id: &UserPoolId, name: &CanonicalName) -> Result<Option<User>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        user_columns!(),
        " FROM user_names n JOIN users u ON u.pool_id = n.pool_id AND u.user_id = n.user_id WHERE n.pool_id = $1 AND n.name_key = $2"
    );
    match name.as_sub() {
        Some(sub) => find_by_id(tx, pool_id, &sub).await,
        None => fetch!(tx, fetch_optional, UserRow, SQL, [pool_id, name.as_str()])?.map(User::try_from).transpose(),
    }
}

/// A user by `sub`.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_id(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<Option<User>, StoreError> {
    const SQL: &str = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.pool_id = $1 AND u.user_id = $2");
    fetch!(tx, fetch_optional, UserRow, SQL, [pool_id, user_id])?.map(User::try_from).transpose()
}

/// The user of a sign-in that is not revoked: what an access token is judged by, in one statement.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_family(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, origin_jti: &str) -> Result<Option<User>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        user_columns!(),
        " FROM token_families f JOIN users u ON u.pool_id = f.pool_id AND u.user_id = f.user_id \
          WHERE f.pool_id = $1 AND f.origin_jti = $2 AND f.user_id = $3 AND f.revoked_at IS NULL"
    );
    fetch!(tx, fetch_optional, UserRow, SQL, [pool_id, origin_jti, user_id])?.map(User::try_from).transpose()
}

/// Inserts a new user, whose names [`names`] keeps.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO users (pool_id, user_id, username, status, enabled, attributes, password_hash, sealed_srp_verifier, \
                       temporary_password_expires_at, mfa_preference, srp_name, created_at, modified_at, password_set_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)";
    let password = user.password.as_ref();
    user_data::keep_new(tx, &user.pool_id, &Thing::User(user.id.clone())).await?;
    execute!(
        tx,
        SQL,
        [
            &user.pool_id,
            &user.id,
            &user.username,
            user.status.as_str(),
            i16::from(user.enabled),
            doc::to_text("users", "attributes", user.id.as_str(), &user.attributes)?,
            password.map(|password| password.hash.as_str()),
            password.map(|password| &password.sealed_srp_verifier),
            password.and_then(|password| password.temporary_until).map(Timestamp::millis),
            doc::to_text("users", "mfa_preference", user.id.as_str(), &user.mfa)?,
            password.map(|password| password.srp_name.as_str()),
            user.created_at.millis(),
            password.map(|password| password.set_at.millis())
        ]
    )?;
    index(tx, user).await
}

/// Replaces status and attributes, and what ListUsers finds them by.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, user: &User, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET status = $3, enabled = $4, attributes = $5, modified_at = $6 WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    let attributes = doc::to_text("users", "attributes", user.id.as_str(), &user.attributes)?;
    execute!(tx, SQL, [&user.pool_id, &user.id, user.status.as_str(), i16::from(user.enabled), attributes, now.millis()])?;
    reindex(tx, user).await
}

/// Replaces the attributes alone, and what ListUsers finds them by; `user` is as read in this transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn set_attributes(tx: &mut Conn, user: &User, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET attributes = $3, modified_at = $4 WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    let attributes = doc::to_text("users", "attributes", user.id.as_str(), &user.attributes)?;
    execute!(tx, SQL, [&user.pool_id, &user.id, attributes, now.millis()])?;
    reindex(tx, user).await
}

/// Lets a user sign in, or not; their sign-ins are [`tokens`](super::tokens)' to revoke.
///
/// # Errors
/// [`StoreError`].
pub async fn set_enabled(tx: &mut Conn, user: &User, enabled: bool, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET enabled = $3, modified_at = $4 WHERE pool_id = $1 AND user_id = $2";
    keep(tx, user).await?;
    execute!(tx, SQL, [&user.pool_id, &user.id, i16::from(enabled), now.millis()]).map(drop)
}

/// Keeps what a user is who is about to change.
pub(super) async fn keep(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    user_data::keep(tx, &user.pool_id, &Thing::User(user.id.clone())).await
}

/// What ListUsers finds a user by.
pub(super) async fn reindex(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    const FORGET: &str = "DELETE FROM user_search WHERE pool_id = $1 AND user_id = $2";
    execute!(tx, FORGET, [&user.pool_id, &user.id])?;
    index(tx, user).await
}

async fn index(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    for attribute in SEARCHED {
        let value = match attribute {
            "username" => Some(user.username.as_str()),
            "cognito:user_status" => Some(user.status.as_str()),
            other => user.attributes.get(other).map(String::as_str),
        };
        if let Some(value) = value {
            index_one(tx, &user.pool_id, &user.id, attribute, value).await?;
        }
    }
    Ok(())
}

/// What ListUsers finds a user's status by.
pub(super) async fn index_status(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, status: UserStatus) -> Result<(), StoreError> {
    const FORGET: &str = "DELETE FROM user_search WHERE pool_id = $1 AND user_id = $2 AND attribute = $3";
    const ATTRIBUTE: &str = "cognito:user_status";
    execute!(tx, FORGET, [pool_id, user_id, ATTRIBUTE])?;
    index_one(tx, pool_id, user_id, ATTRIBUTE, status.as_str()).await
}

async fn index_one(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, attribute: &str, value: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_search (pool_id, attribute, search_value, user_id) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [pool_id, attribute, search_value(value), user_id]).map(drop)
}

fn search_value(value: &str) -> Vec<u8> {
    value.bytes().take(SEARCHED_BYTES).collect()
}

/// One bound below, so that both databases seek in the primary key of `user_search` and stop at the limit.
const SEARCH: &str = concat!(
    "SELECT s.search_value, ",
    user_columns!(),
    " FROM user_search s JOIN users u ON u.pool_id = s.pool_id AND u.user_id = s.user_id \
      WHERE s.pool_id = $1 AND s.attribute = $2 AND (s.search_value, s.user_id) > ($3, $4) AND s.search_value < $5 \
      ORDER BY s.search_value, s.user_id LIMIT $6"
);

const BY_ENABLED: &str = concat!(
    "SELECT ",
    user_columns!(),
    " FROM users u WHERE u.pool_id = $1 AND u.enabled = $2 AND u.user_id > $3 ORDER BY u.user_id LIMIT $4"
);

/// How ListUsers compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equals,
    /// `^=`
    StartsWith,
}

/// A page of a pool's users, by `sub`, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    const SQL: &str =
        concat!("SELECT ", user_columns!(), " FROM users u WHERE u.pool_id = $1 AND u.user_id > $2 ORDER BY u.user_id LIMIT $3");
    fetch!(tx, fetch_all, UserRow, SQL, [pool_id, after, limit])?.into_iter().map(User::try_from).collect()
}

/// A page of the users who are enabled, or of those who are not, by `sub`, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_by_enabled(tx: &mut Conn, pool_id: &UserPoolId, enabled: bool, after: &str, limit: i64) -> Result<Vec<User>, StoreError> {
    fetch!(tx, fetch_all, UserRow, BY_ENABLED, [pool_id, i16::from(enabled), after, limit])?.into_iter().map(User::try_from).collect()
}

/// A place among the users that a search finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPlace {
    /// The value that the search found the user by, as far as it is indexed.
    pub value: Vec<u8>,
    /// Whose it is (`sub`).
    pub user_id: UserId,
}

/// Before all users.
impl Default for SearchPlace {
    fn default() -> Self {
        Self { value: Vec::new(), user_id: UserId::from("") }
    }
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    search_value: Vec<u8>,
    #[sqlx(flatten)]
    user: UserRow,
}

/// What a search looks for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// One of [`SEARCHED`].
    pub attribute: &'a str,
    /// How it compares.
    pub comparison: Comparison,
    /// With what.
    pub value: &'a str,
}

/// A page of the users whose attribute compares with a value, each with its place, by value and `sub`, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn search(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    wanted: Wanted<'_>,
    after: Option<&SearchPlace>,
    limit: i64,
) -> Result<Vec<(SearchPlace, User)>, StoreError> {
    let from = search_value(wanted.value);
    let mut to = from.clone();
    // The end of the range is exclusive: for equality the next longer text, for a prefix the first that has another one.
    // UTF-8 never holds the byte 0xff.
    to.push(if wanted.comparison == Comparison::Equals { 0 } else { 0xff });
    // No user's id is empty, so that the first page begins with the first value of the range.
    let after = after.cloned().unwrap_or_else(|| SearchPlace { value: from, ..SearchPlace::default() });
    let rows = fetch!(tx, fetch_all, FoundRow, SEARCH, [pool_id, wanted.attribute, after.value, after.user_id, to, limit])?;
    let found = |row: FoundRow| {
        let user = User::try_from(row.user)?;
        Ok((SearchPlace { value: row.search_value, user_id: user.id.clone() }, user))
    };
    rows.into_iter().map(found).collect()
}

/// Deletes a user and all that is theirs. What identity pools know them by stays.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, user: &User) -> Result<(), StoreError> {
    user_data::keep_whole(tx, &user.pool_id, &user.id).await?;
    names::keep_all(tx, &user.pool_id, &user.id).await?;
    user_identities::keep_all(tx, &user.pool_id, &user.id).await?;
    web_authn::keep_all(tx, &user.pool_id, &user.id).await?;
    user_data::keep_members(tx, &user.pool_id, Leaving::User(&user.id)).await?;
    for (_, sql) in OF_A_USER {
        execute!(tx, sql, [&user.pool_id, &user.id])?;
    }
    Ok(())
}

/// The tables of what users are made of. A test holds the list to the schema.
const OF_A_USER: [(&str, &str); 17] = [
    ("users", "DELETE FROM users WHERE pool_id = $1 AND user_id = $2"),
    ("user_names", "DELETE FROM user_names WHERE pool_id = $1 AND user_id = $2"),
    ("user_search", "DELETE FROM user_search WHERE pool_id = $1 AND user_id = $2"),
    ("user_group_members", "DELETE FROM user_group_members WHERE pool_id = $1 AND user_id = $2"),
    ("user_identities", "DELETE FROM user_identities WHERE pool_id = $1 AND user_id = $2"),
    ("verification_codes", "DELETE FROM verification_codes WHERE pool_id = $1 AND user_id = $2"),
    ("password_history", "DELETE FROM password_history WHERE pool_id = $1 AND user_id = $2"),
    ("pending_addresses", "DELETE FROM pending_addresses WHERE pool_id = $1 AND user_id = $2"),
    ("token_families", "DELETE FROM token_families WHERE pool_id = $1 AND user_id = $2"),
    ("browser_sessions", "DELETE FROM browser_sessions WHERE pool_id = $1 AND user_id = $2"),
    ("authorization_codes", "DELETE FROM authorization_codes WHERE pool_id = $1 AND user_id = $2"),
    ("device_authorizations", "DELETE FROM device_authorizations WHERE pool_id = $1 AND user_id = $2"),
    ("imported_passwords", "DELETE FROM imported_passwords WHERE pool_id = $1 AND user_id = $2"),
    ("user_devices", "DELETE FROM user_devices WHERE pool_id = $1 AND user_id = $2"),
    ("user_auth_events", "DELETE FROM user_auth_events WHERE pool_id = $1 AND user_id = $2"),
    ("web_authn_credentials", "DELETE FROM web_authn_credentials WHERE pool_id = $1 AND user_id = $2"),
    ("web_authn_registrations", "DELETE FROM web_authn_registrations WHERE pool_id = $1 AND user_id = $2"),
];

/// About how many users a pool has: exactly where there are fewer than are `counted`, within a few percent of it else.
///
/// Ids are random and even (`ids::uuid`), so how far the first so many reach into all that could be tells how many there are:
/// the estimator of K minimum values, whose standard error is one over the root of `counted` (Bar-Yossef et al., "Counting
/// distinct elements in a data stream", RANDOM 2002). It reads `counted` entries of the primary key, however many users there are.
///
/// # Errors
/// [`StoreError`].
pub async fn estimate(tx: &mut Conn, pool_id: &UserPoolId, counted: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT), MAX(user_id) FROM \
                       (SELECT user_id FROM users WHERE pool_id = $1 ORDER BY user_id LIMIT $2) AS first_ones";
    let (count, last) = fetch!(tx, fetch_one, (i64, Option<String>), SQL, [pool_id, counted])?;
    let reached = last.as_deref().and_then(share_of_ids).filter(|reached| *reached > 0.0);
    Ok(match reached {
        Some(reached) if count >= counted => estimated(count, reached),
        Some(_) | None => count,
    })
}

/// How far an id lies into all that could be, from 0 to 1; `None` for what is no UUID.
fn share_of_ids(id: &str) -> Option<f64> {
    let head: String = id.chars().filter(|character| *character != '-').take(12).collect();
    let head = u64::from_str_radix(&head, 16).ok().filter(|_| head.len() == 12)?;
    #[expect(clippy::cast_precision_loss, reason = "48 bits fit a double's 53")]
    let share = head as f64 / (1_u64 << 48) as f64;
    Some(share)
}

fn estimated(count: i64, reached: f64) -> i64 {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate: a float saturates as an integer")]
    let estimate = (count.saturating_sub(1) as f64 / reached).round() as i64;
    estimate.max(count)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{BY_ENABLED, OF_A_USER, SEARCH, estimated, share_of_ids};
    use crate::crypto::ids;
    use crate::kit::rng::{EntropyRng, SeededEntropy};
    use crate::store::template;

    #[test]
    fn the_first_ids_tell_how_many_there_are() {
        let entropy = SeededEntropy::new(5);
        for (there, counted) in [(10_000_usize, 1_000_usize), (50_000, 1_000)] {
            let mut all: Vec<String> = (0..there).map(|_| ids::uuid(&mut EntropyRng(&entropy))).collect();
            all.sort_unstable();
            let estimate = estimated(i64::try_from(counted).unwrap(), share_of_ids(&all[counted - 1]).unwrap());
            let off = (estimate - i64::try_from(there).unwrap()).unsigned_abs();
            assert!(usize::try_from(off).unwrap() < there / 10, "{estimate} of {there}");
        }
        assert_eq!(share_of_ids("80000000-0000-4000-8000-000000000000"), Some(0.5));
        assert_eq!((share_of_ids("nobody"), share_of_ids("")), (None, None));
    }

    #[actix_web::test]
    async fn a_deleted_user_leaves_no_table_out() {
        let deleted: BTreeSet<String> = OF_A_USER.iter().map(|(table, _)| (*table).to_owned()).collect();
        let with_pool = template::tables_with("pool_id").await;
        assert_eq!(deleted, template::tables_with("user_id").await.intersection(&with_pool).cloned().collect());
    }

    #[actix_web::test]
    async fn a_page_of_a_search_neither_scans_nor_sorts() {
        for sql in [SEARCH, BY_ENABLED] {
            let plan = template::plan(sql).await.join("\n");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
