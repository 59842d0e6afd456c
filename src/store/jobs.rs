//! Jobs: who runs one, until when, and when it is due again.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;

/// A job that a node has claimed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    /// Its kind, of the registry.
    pub kind: String,
    /// Its id among its kind.
    pub job_id: String,
    /// What its kind makes of it: JSON.
    pub payload: String,
    /// How often it was begun since it was last done, this time included.
    pub attempts: i64,
}

/// Adds a job, unless it is there.
///
/// # Errors
/// [`StoreError`].
pub async fn plant(tx: &mut Conn, kind: &str, job_id: &str, payload: &str, ready_at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO jobs (kind, job_id, payload, attempts, ready_at) VALUES ($1, $2, $3, 0, $4) \
                       ON CONFLICT (kind, job_id) DO NOTHING";
    execute!(tx, SQL, [kind, job_id, payload, ready_at.millis()]).map(drop)
}

/// When the next job of a kind may be claimed; `None` where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn next_ready(tx: &mut Conn, kind: &str) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT ready_at FROM jobs WHERE kind = $1 ORDER BY ready_at LIMIT 1";
    Ok(scalar!(tx, fetch_optional, i64, SQL, [kind])?.map(Timestamp::from_millis))
}

/// Claims the job of a kind that has waited longest, until a moment. A job whose lease has ended counts as waiting: whoever
/// held it is gone, or will find at its next step that it has lost the job.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(tx: &mut Conn, kind: &str, lease: &str, now: Timestamp, until: Timestamp) -> Result<Option<Job>, StoreError> {
    const SQL: &str = "UPDATE jobs SET lease = $2, attempts = attempts + 1, ready_at = $4 WHERE kind = $1 AND ready_at <= $3 AND job_id IN \
                       (SELECT job_id FROM jobs WHERE kind = $1 AND ready_at <= $3 ORDER BY ready_at, job_id LIMIT 1) \
                       RETURNING kind, job_id, payload, attempts";
    fetch!(tx, fetch_optional, Job, SQL, [kind, lease, now.millis(), until.millis()])
}

/// Holds a job until a later moment; `false` if somebody else has it by now.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(tx: &mut Conn, job: &Job, lease: &str, until: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE jobs SET ready_at = $4 WHERE kind = $1 AND job_id = $2 AND lease = $3";
    Ok(execute!(tx, SQL, [&job.kind, &job.job_id, lease, until.millis()])? == 1)
}

/// Gives a job back, to be claimed from a moment on; `false` if somebody else has it by now.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back(tx: &mut Conn, job: &Job, lease: &str, attempts: i64, ready_at: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE jobs SET lease = NULL, attempts = $4, ready_at = $5 WHERE kind = $1 AND job_id = $2 AND lease = $3";
    Ok(execute!(tx, SQL, [&job.kind, &job.job_id, lease, attempts, ready_at.millis()])? == 1)
}
