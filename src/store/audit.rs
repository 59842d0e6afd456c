//! Events and counts, as nodes have noted them.

use super::{Conn, StoreError, doc};
use crate::audit::{ByHour, Counts, Details, Noted};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UserPoolId};

/// An event as it is listed.
#[derive(Debug)]
pub struct Listed {
    /// The id, which sorts by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// How it ended: the text of an [`Outcome`](crate::audit::Outcome).
    pub outcome: String,
    /// What else is known.
    pub details: Details,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    event_id: String,
    created_at: i64,
    principal: String,
    action: String,
    outcome: String,
    details: String,
}

impl TryFrom<EventRow> for Listed {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            details: doc::from_text("audit_events", "details", &row.event_id, &row.details)?,
            id: row.event_id,
            at: Timestamp::from_millis(row.created_at),
            principal: row.principal,
            action: row.action,
            outcome: row.outcome,
        })
    }
}

/// Writes events. One that is there already was written by a try whose end was not known.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, events: &[Noted]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO audit_events (account_id, event_id, created_at, principal, action, outcome, details) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, event_id) DO NOTHING";
    for Noted { id, event } in events {
        let details = doc::to_text("audit_events", "details", &event.request_id, &event.details)?;
        let (at, outcome) = (event.at.millis(), event.outcome.as_str());
        execute!(tx, SQL, [&event.account_id, id, at, &event.principal, &event.action, outcome, details])?;
    }
    Ok(())
}

/// Which events are asked for; each by an index of its own.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// All of them.
    Time,
    /// Those of somebody.
    Principal(&'a str),
    /// Those of an action.
    Action(&'a str),
    /// Those that ended so.
    Outcome(&'a str),
}

/// An account's events before an id, the newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, account_id: &AccountId, by: By<'_>, before: &str, limit: i64) -> Result<Vec<Listed>, StoreError> {
    macro_rules! select {
        ($filter:literal) => {
            concat!(
                "SELECT event_id, created_at, principal, action, outcome, details FROM audit_events WHERE account_id = $1 AND ",
                $filter,
                " event_id < $2 ORDER BY event_id DESC LIMIT $3"
            )
        };
    }
    let rows = match by {
        By::Time => fetch!(tx, fetch_all, EventRow, select!(""), [account_id, before, limit])?,
        By::Principal(wanted) => fetch!(tx, fetch_all, EventRow, select!("principal = $4 AND"), [account_id, before, limit, wanted])?,
        By::Action(wanted) => fetch!(tx, fetch_all, EventRow, select!("action = $4 AND"), [account_id, before, limit, wanted])?,
        By::Outcome(wanted) => fetch!(tx, fetch_all, EventRow, select!("outcome = $4 AND"), [account_id, before, limit, wanted])?,
    };
    rows.into_iter().map(Listed::try_from).collect()
}

/// Adds counts to what is written of their hours; those of a pool that is gone are dropped.
///
/// # Errors
/// [`StoreError`].
pub async fn add_counts(tx: &mut Conn, counts: &ByHour) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO pool_activity (pool_id, hour_began_at, sign_ups, sign_ins, mfa_sign_ins, refused_sign_ins) \
                       SELECT pool_id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT) \
                       FROM user_pools WHERE pool_id = $1 \
                       ON CONFLICT (pool_id, hour_began_at) DO UPDATE SET sign_ups = pool_activity.sign_ups + excluded.sign_ups, \
                       sign_ins = pool_activity.sign_ins + excluded.sign_ins, \
                       mfa_sign_ins = pool_activity.mfa_sign_ins + excluded.mfa_sign_ins, \
                       refused_sign_ins = pool_activity.refused_sign_ins + excluded.refused_sign_ins";
    let mut sorted: Vec<_> = counts.iter().collect();
    // In one order, so that two nodes that write at once never wait for each other in a circle.
    sorted.sort_by_key(|(key, _)| *key);
    for ((pool_id, hour), counts) in sorted {
        let Counts { sign_ups, sign_ins, mfa_sign_ins, refused_sign_ins } = counts;
        execute!(tx, SQL, [pool_id, hour.millis(), sign_ups, sign_ins, mfa_sign_ins, refused_sign_ins])?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct CountRow {
    hour_began_at: i64,
    sign_ups: i64,
    sign_ins: i64,
    mfa_sign_ins: i64,
    refused_sign_ins: i64,
}

/// What was counted in a pool from an hour on, by hour.
///
/// # Errors
/// [`StoreError`].
pub async fn counts(tx: &mut Conn, pool_id: &UserPoolId, from: Timestamp) -> Result<Vec<(Timestamp, Counts)>, StoreError> {
    const SQL: &str = "SELECT hour_began_at, sign_ups, sign_ins, mfa_sign_ins, refused_sign_ins FROM pool_activity \
                       WHERE pool_id = $1 AND hour_began_at >= $2 ORDER BY hour_began_at LIMIT 10000";
    let rows = fetch!(tx, fetch_all, CountRow, SQL, [pool_id, from.millis()])?;
    let read = |row: CountRow| {
        let CountRow { hour_began_at, sign_ups, sign_ins, mfa_sign_ins, refused_sign_ins } = row;
        (Timestamp::from_millis(hour_began_at), Counts { sign_ups, sign_ins, mfa_sign_ins, refused_sign_ins })
    };
    Ok(rows.into_iter().map(read).collect())
}
