//! What users did, by user.

use super::{Conn, StoreError, doc};
pub use crate::audit::auth_events::{AuthEvent, AuthEventDetails, AuthEventType, EventResponse};
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};

/// An event as it is listed.
#[derive(Debug)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// What was done: the text of an [`AuthEventType`].
    pub kind: String,
    /// How it ended: the text of an [`EventResponse`].
    pub response: String,
    /// What else is known.
    pub details: AuthEventDetails,
    /// What somebody said of it.
    pub feedback: Option<Feedback>,
}

/// What somebody said of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// `Valid` or `Invalid`.
    pub value: String,
    /// Who: `Admin` or `User`.
    pub provider: String,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    event_id: String,
    created_at: i64,
    event_type: String,
    response: String,
    details: String,
    feedback: Option<String>,
    feedback_by: Option<String>,
    feedback_at: Option<i64>,
}

impl TryFrom<EventRow> for Listed {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let feedback = row.feedback.zip(row.feedback_by).zip(row.feedback_at);
        Ok(Self {
            details: doc::from_text("user_auth_events", "details", &row.event_id, &row.details)?,
            id: row.event_id,
            created_at: Timestamp::from_millis(row.created_at),
            kind: row.event_type,
            response: row.response,
            feedback: feedback.map(|((value, provider), at)| Feedback { value, provider, at: Timestamp::from_millis(at) }),
        })
    }
}

/// Writes events; those of users who are gone are dropped. Of a sign-in, the last step that was noted is what is kept.
///
/// # Errors
/// [`StoreError`].
pub async fn write(tx: &mut Conn, events: &[AuthEvent]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_auth_events (pool_id, user_id, event_id, created_at, noted_at, event_type, response, details) \
                       SELECT pool_id, user_id, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT), \
                       CAST($6 AS TEXT), CAST($7 AS TEXT) FROM users WHERE pool_id = $1 AND user_id = $2 \
                       ON CONFLICT (pool_id, user_id, event_id) DO UPDATE SET noted_at = excluded.noted_at, \
                       response = excluded.response, details = excluded.details \
                       WHERE user_auth_events.noted_at <= excluded.noted_at";
    for event in events {
        let details = doc::to_text("user_auth_events", "details", &event.id, &event.details)?;
        let (kind, response) = (event.kind.as_str(), event.response.as_str());
        execute!(tx, SQL, [&event.pool_id, &event.user_id, &event.id, event.at.millis(), kind, response, details])?;
    }
    Ok(())
}

/// A place in a user's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the event before began: milliseconds.
    pub created_at: i64,
    /// Its id.
    pub event_id: String,
}

const LIST: &str = "SELECT event_id, created_at, event_type, response, details, feedback, feedback_by, feedback_at \
                    FROM user_auth_events WHERE pool_id = $1 AND user_id = $2 AND (created_at, event_id) < ($3, $4) \
                    ORDER BY created_at DESC, event_id DESC LIMIT $5";

/// A page of a user's events before a place, the newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    before: Option<&Place>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (created_at, event_id) = before.map_or((i64::MAX, ""), |place| (place.created_at, place.event_id.as_str()));
    let rows = fetch!(tx, fetch_all, EventRow, LIST, [pool_id, user_id, created_at, event_id, limit])?;
    rows.into_iter().map(Listed::try_from).collect()
}

const KNOWN: &str = "SELECT event_id, created_at, event_type, response, details, feedback, feedback_by, feedback_at \
                     FROM user_auth_events WHERE pool_id = $1 AND user_id = $2 AND (response = 'Pass' OR feedback IS NOT NULL) \
                     ORDER BY created_at DESC, event_id DESC LIMIT $3";

/// The newest of a user's events that passed, or of which somebody said whose they were.
///
/// # Errors
/// [`StoreError`].
pub async fn known(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let rows = fetch!(tx, fetch_all, EventRow, KNOWN, [pool_id, user_id, limit])?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// Keeps what somebody says of an event; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn set_feedback(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    event_id: &str,
    feedback: &Feedback,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE user_auth_events SET feedback = $4, feedback_by = $5, feedback_at = $6 \
                       WHERE pool_id = $1 AND user_id = $2 AND event_id = $3";
    let Feedback { value, provider, at } = feedback;
    Ok(execute!(tx, SQL, [pool_id, user_id, event_id, value, provider, at.millis()])? == 1)
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, LIST};
    use crate::store::template;

    #[actix_web::test]
    async fn a_page_of_a_users_events_neither_scans_nor_sorts() {
        let plan = template::plan(LIST).await.join("\n");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        // Found by an index that has no others: no number of wrong passwords makes it longer.
        let plan = template::plan(KNOWN).await.join("\n");
        assert!(plan.contains("user_auth_events_known") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
