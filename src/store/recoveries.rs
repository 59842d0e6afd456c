//! Point-in-time recoveries of pools: where each stands, and whether one pauses what is written.

use super::{Conn, StoreError, doc};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UserPoolId};
use crate::userpools::point_in_time::{LIMIT_PERIOD, LONG_LIMIT_PERIOD, Place, Recovery, RecoveryStatus, Usage};
use crate::userpools::user_data::Kind;

const TABLE: &str = "user_pool_recoveries";

#[derive(sqlx::FromRow)]
struct RecoveryRow {
    pool_id: UserPoolId,
    restore_id: String,
    account_id: AccountId,
    status: String,
    due_at: Option<i64>,
    restored_to: i64,
    triggered_at: i64,
    initiated_at: i64,
    completed_at: Option<i64>,
    preview: Option<String>,
    place: Option<String>,
}

impl TryFrom<RecoveryRow> for Recovery {
    type Error = StoreError;

    fn try_from(row: RecoveryRow) -> Result<Self, StoreError> {
        let id = row.restore_id.as_str();
        let place = row.place.as_deref().map(|text| doc::from_text(TABLE, "place", id, text)).transpose()?;
        Ok(Self {
            status: RecoveryStatus::parse(&row.status).ok_or_else(|| StoreError::corrupt(TABLE, "status", id))?,
            preview: row.preview.as_deref().map(|text| doc::from_text(TABLE, "preview", id, text)).transpose()?,
            place: place.unwrap_or_else(|| Place::before(Kind::Name)),
            pool_id: row.pool_id,
            id: row.restore_id,
            account_id: row.account_id,
            restored_to: Timestamp::from_millis(row.restored_to),
            triggered_at: Timestamp::from_millis(row.triggered_at),
            initiated_at: Timestamp::from_millis(row.initiated_at),
            completed_at: row.completed_at.map(Timestamp::from_millis),
            due_at: row.due_at.map(Timestamp::from_millis),
        })
    }
}

macro_rules! columns {
    () => {
        "pool_id, restore_id, account_id, status, due_at, restored_to, triggered_at, initiated_at, completed_at, preview, place"
    };
}

/// Adds a recovery that has come nowhere yet. One that is active beside another of its pool is refused by the table.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, recovery: &Recovery) -> Result<(), StoreError> {
    const SQL: &str =
        concat!("INSERT INTO user_pool_recoveries (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, NULL)");
    let Recovery { pool_id, id, account_id, status, restored_to, triggered_at, initiated_at, due_at, .. } = recovery;
    let due_at = due_at.map(Timestamp::millis);
    let moments = (restored_to.millis(), triggered_at.millis(), initiated_at.millis());
    execute!(tx, SQL, [pool_id, id, account_id, status.as_str(), due_at, moments.0, moments.1, moments.2]).map(drop)
}

/// A recovery.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Option<Recovery>, StoreError> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM user_pool_recoveries WHERE pool_id = $1 AND restore_id = $2");
    fetch!(tx, fetch_optional, RecoveryRow, SQL, [pool_id, id])?.map(Recovery::try_from).transpose()
}

/// The recovery of a pool that is not over, as far as a node has written so.
///
/// # Errors
/// [`StoreError`].
pub async fn active(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Option<Recovery>, StoreError> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM user_pool_recoveries WHERE pool_id = $1 AND due_at IS NOT NULL");
    fetch!(tx, fetch_optional, RecoveryRow, SQL, [pool_id])?.map(Recovery::try_from).transpose()
}

/// Whether a recovery pauses what is written into a pool. What writes asks in its own transaction: a recovery that begins
/// meanwhile and it do not pass each other by.
///
/// # Errors
/// [`StoreError`].
pub async fn pauses(tx: &mut Conn, pool_id: &UserPoolId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(active(tx, pool_id).await?.is_some_and(|recovery| recovery.status_at(now).pauses()))
}

/// The recoveries of a pool, the newest first, after the one that was asked for then under that id.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: (i64, &str), limit: i64) -> Result<Vec<Recovery>, StoreError> {
    fetch!(tx, fetch_all, RecoveryRow, LIST, [pool_id, after.0, after.1, limit])?.into_iter().map(Recovery::try_from).collect()
}

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM user_pool_recoveries WHERE pool_id = $1 AND (initiated_at, restore_id) < ($2, $3) \
      ORDER BY initiated_at DESC, restore_id DESC LIMIT $4"
);

/// The recovery that a node has to look at first.
///
/// # Errors
/// [`StoreError`].
pub async fn due(tx: &mut Conn, now: Timestamp) -> Result<Option<Recovery>, StoreError> {
    const SQL: &str =
        concat!("SELECT ", columns!(), " FROM user_pool_recoveries WHERE due_at <= $1 ORDER BY due_at, pool_id, restore_id LIMIT 1");
    fetch!(tx, fetch_optional, RecoveryRow, SQL, [now.millis()])?.map(Recovery::try_from).transpose()
}

/// Writes where a recovery stands.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, recovery: &Recovery) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_pool_recoveries SET status = $3, due_at = $4, completed_at = $5, preview = $6, place = $7 \
                       WHERE pool_id = $1 AND restore_id = $2";
    let Recovery { pool_id, id, status, due_at, completed_at, preview, place, .. } = recovery;
    let preview = preview.as_ref().map(|preview| doc::to_text(TABLE, "preview", id, preview)).transpose()?;
    let place = doc::to_text(TABLE, "place", id, place)?;
    let millis = |moment: Option<Timestamp>| moment.map(Timestamp::millis);
    execute!(tx, SQL, [pool_id, id, status.as_str(), millis(*due_at), millis(*completed_at), preview, place]).map(drop)
}

/// How many recoveries there are of a pool and its account, as limits count them, of the last thirty days. Active ones are counted
/// as nodes have written them.
///
/// # Errors
/// [`StoreError`].
pub async fn usage(tx: &mut Conn, account_id: &AccountId, pool_id: &UserPoolId, now: Timestamp) -> Result<Usage, StoreError> {
    const OF_POOL: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN completed_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT), \
                           CAST(COALESCE(SUM(CASE WHEN initiated_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COUNT(*) AS BIGINT) \
                           FROM user_pool_recoveries WHERE pool_id = $1 AND initiated_at > $3";
    const OF_ACCOUNT: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN due_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
                              CAST(COALESCE(SUM(CASE WHEN initiated_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT) \
                              FROM user_pool_recoveries WHERE account_id = $1 AND initiated_at > $3";
    let (day, month) = (now.minus(LIMIT_PERIOD).millis(), now.minus(LONG_LIMIT_PERIOD).millis());
    let of_pool = fetch!(tx, fetch_one, (i64, i64, i64), OF_POOL, [pool_id, day, month])?;
    let of_account = fetch!(tx, fetch_one, (i64, i64), OF_ACCOUNT, [account_id, day, month])?;
    Ok(Usage {
        active: i64::from(active(tx, pool_id).await?.is_some()),
        completed_in_a_day: of_pool.0,
        in_a_day: of_pool.1,
        in_a_month: of_pool.2,
        active_of_account: of_account.0,
        in_a_day_of_account: of_account.1,
    })
}
