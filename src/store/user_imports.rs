//! Import jobs, the files that were uploaded for them, why lines failed, and the password hashes that users brought along.

use super::{Conn, StoreError, doc};
use crate::crypto::imported::{Hashing, ImportedHash};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::import::{ImportCounts, ImportJob, ImportStatus, MOST_IN_A_POOL, Piece};

#[derive(sqlx::FromRow)]
struct JobRow {
    pool_id: UserPoolId,
    job_id: String,
    name: String,
    role_arn: String,
    hashing_algorithm: Option<String>,
    status: String,
    uploaded_bytes: i64,
    next_byte: i64,
    lines: i64,
    columns_read: Option<String>,
    imported: i64,
    skipped: i64,
    failed: i64,
    completion_message: Option<String>,
    created_at: i64,
    started_at: Option<i64>,
    completed_at: Option<i64>,
}

impl TryFrom<JobRow> for ImportJob {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("user_import_jobs", column, &row.job_id);
        let columns = row.columns_read.as_deref().map(|text| doc::from_text("user_import_jobs", "columns_read", &row.job_id, text));
        let hashing = row.hashing_algorithm.as_deref().map(|text| Hashing::parse(text).ok_or_else(|| corrupt("hashing_algorithm")));
        Ok(Self {
            status: ImportStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?,
            hashing: hashing.transpose()?,
            columns: columns.transpose()?,
            pool_id: row.pool_id,
            id: row.job_id,
            name: row.name,
            role_arn: row.role_arn,
            uploaded_bytes: row.uploaded_bytes,
            next_byte: row.next_byte,
            lines: row.lines,
            counts: ImportCounts { imported: row.imported, skipped: row.skipped, failed: row.failed },
            message: row.completion_message,
            created_at: Timestamp::from_millis(row.created_at),
            started_at: row.started_at.map(Timestamp::from_millis),
            completed_at: row.completed_at.map(Timestamp::from_millis),
        })
    }
}

macro_rules! job_columns {
    () => {
        "pool_id, job_id, name, role_arn, hashing_algorithm, status, uploaded_bytes, next_byte, lines, columns_read, imported, skipped, \
         failed, completion_message, created_at, started_at, completed_at"
    };
}

/// Adds a job, which a node looks at when it is due.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, job: &ImportJob, due_at: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_import_jobs (pool_id, job_id, name, role_arn, hashing_algorithm, status, due_at, uploaded_bytes, \
                       next_byte, lines, imported, skipped, failed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, $8)";
    let hashing = job.hashing.map(Hashing::as_str);
    let binds = (due_at.millis(), job.created_at.millis());
    execute!(tx, SQL, [&job.pool_id, &job.id, &job.name, &job.role_arn, hashing, job.status.as_str(), binds.0, binds.1]).map(drop)
}

/// How many jobs a pool has, counted to a limit.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut Conn, pool_id: &UserPoolId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT job_id FROM user_import_jobs WHERE pool_id = $1 ORDER BY job_id LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, limit])
}

/// A job.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str) -> Result<Option<ImportJob>, StoreError> {
    const SQL: &str = concat!("SELECT ", job_columns!(), " FROM user_import_jobs WHERE pool_id = $1 AND job_id = $2");
    fetch!(tx, fetch_optional, JobRow, SQL, [pool_id, job_id])?.map(ImportJob::try_from).transpose()
}

/// The jobs of a pool, the newest first, after the one that was made then under that id.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: (i64, &str), limit: i64) -> Result<Vec<ImportJob>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        job_columns!(),
        " FROM user_import_jobs WHERE pool_id = $1 AND (created_at < $2 OR (created_at = $2 AND job_id < $3)) \
         ORDER BY created_at DESC, job_id DESC LIMIT $4"
    );
    fetch!(tx, fetch_all, JobRow, SQL, [pool_id, after.0, after.1, limit])?.into_iter().map(ImportJob::try_from).collect()
}

/// Whether a job of a pool was started and is not over.
///
/// # Errors
/// [`StoreError`].
pub async fn is_running(tx: &mut Conn, pool_id: &UserPoolId) -> Result<bool, StoreError> {
    Ok(list(tx, pool_id, (i64::MAX, ""), MOST_IN_A_POOL).await?.iter().any(|job| job.status.is_running()))
}

/// The job that a node has to look at first.
///
/// # Errors
/// [`StoreError`].
pub async fn due(tx: &mut Conn, now: Timestamp) -> Result<Option<ImportJob>, StoreError> {
    const SQL: &str =
        concat!("SELECT ", job_columns!(), " FROM user_import_jobs WHERE due_at <= $1 ORDER BY due_at, pool_id, job_id LIMIT 1");
    fetch!(tx, fetch_optional, JobRow, SQL, [now.millis()])?.map(ImportJob::try_from).transpose()
}

/// Writes where a job stands, and when it is due again.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, job: &ImportJob, due_at: Option<Timestamp>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_import_jobs SET status = $3, due_at = $4, next_byte = $5, lines = $6, columns_read = $7, imported = $8, \
                       skipped = $9, failed = $10, completion_message = $11, started_at = $12, completed_at = $13 \
                       WHERE pool_id = $1 AND job_id = $2";
    let columns = job.columns.as_ref().map(|columns| doc::to_text("user_import_jobs", "columns_read", &job.id, columns)).transpose()?;
    let ImportCounts { imported, skipped, failed } = job.counts;
    let millis = |moment: Option<Timestamp>| moment.map(Timestamp::millis);
    execute!(
        tx,
        SQL,
        [
            &job.pool_id,
            &job.id,
            job.status.as_str(),
            millis(due_at),
            job.next_byte,
            job.lines,
            columns,
            imported,
            skipped,
            failed,
            job.message.as_deref(),
            millis(job.started_at),
            millis(job.completed_at)
        ]
    )
    .map(drop)
}

/// Begins an upload in place of the last one; `false` if the job takes none any more.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_upload(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str, upload_id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE user_import_jobs SET upload_id = $3, uploaded_bytes = 0 WHERE pool_id = $1 AND job_id = $2 AND status = $4";
    Ok(execute!(tx, SQL, [pool_id, job_id, upload_id, ImportStatus::Created.as_str()])? == 1)
}

/// Adds a piece to an upload; `false` if another upload has begun, or the job takes none any more.
///
/// # Errors
/// [`StoreError`].
pub async fn add_piece(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    job_id: &str,
    upload_id: &str,
    number: i64,
    piece: &Sealed<Piece>,
) -> Result<bool, StoreError> {
    // The row is written so that two uploads, or an upload and a start, meet at it.
    const LOCK: &str =
        "UPDATE user_import_jobs SET uploaded_bytes = 0 WHERE pool_id = $1 AND job_id = $2 AND upload_id = $3 AND status = $4";
    const SQL: &str = "INSERT INTO user_import_pieces (pool_id, job_id, number, upload_id, sealed_piece) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (pool_id, job_id, number) DO UPDATE SET upload_id = $4, sealed_piece = $5";
    if execute!(tx, LOCK, [pool_id, job_id, upload_id, ImportStatus::Created.as_str()])? == 0 {
        return Ok(false);
    }
    execute!(tx, SQL, [pool_id, job_id, number, upload_id, piece]).map(|_| true)
}

/// Ends an upload, whole; `false` as [`add_piece`].
///
/// # Errors
/// [`StoreError`].
pub async fn end_upload(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str, upload_id: &str, bytes: i64) -> Result<bool, StoreError> {
    const SQL: &str =
        "UPDATE user_import_jobs SET uploaded_bytes = $4 WHERE pool_id = $1 AND job_id = $2 AND upload_id = $3 AND status = $5";
    Ok(execute!(tx, SQL, [pool_id, job_id, upload_id, bytes, ImportStatus::Created.as_str()])? == 1)
}

/// A piece of a job's file.
///
/// # Errors
/// [`StoreError`].
pub async fn piece(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str, number: i64) -> Result<Option<Sealed<Piece>>, StoreError> {
    const SQL: &str = "SELECT p.sealed_piece FROM user_import_pieces p JOIN user_import_jobs j ON j.pool_id = p.pool_id AND j.job_id = p.job_id \
                       WHERE p.pool_id = $1 AND p.job_id = $2 AND p.number = $3 AND p.upload_id = j.upload_id";
    scalar!(tx, fetch_optional, Sealed<Piece>, SQL, [pool_id, job_id, number])
}

/// Removes pieces of a job's file; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_pieces(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str, limit: i64) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM user_import_pieces WHERE pool_id = $1 AND job_id = $2 AND number IN \
                       (SELECT number FROM user_import_pieces WHERE pool_id = $1 AND job_id = $2 ORDER BY number LIMIT $3)";
    execute!(tx, SQL, [pool_id, job_id, limit])
}

/// Notes why a line made no user.
///
/// # Errors
/// [`StoreError`].
pub async fn note_failure(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str, line: i64, reason: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_import_failures (pool_id, job_id, line, reason) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [pool_id, job_id, line, reason]).map(drop)
}

/// Why lines of a job made no users, after a line.
///
/// # Errors
/// [`StoreError`].
pub async fn failures(tx: &mut Conn, pool_id: &UserPoolId, job_id: &str, after: i64, limit: i64) -> Result<Vec<(i64, String)>, StoreError> {
    const SQL: &str =
        "SELECT line, reason FROM user_import_failures WHERE pool_id = $1 AND job_id = $2 AND line > $3 ORDER BY line LIMIT $4";
    fetch!(tx, fetch_all, (i64, String), SQL, [pool_id, job_id, after, limit])
}

/// Keeps the password hash that a user brought along.
///
/// # Errors
/// [`StoreError`].
pub async fn put_password(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    sealed_hash: &Sealed<ImportedHash>,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO imported_passwords (pool_id, user_id, sealed_hash) VALUES ($1, $2, $3)";
    execute!(tx, SQL, [pool_id, user_id, sealed_hash]).map(drop)
}

/// The password hash that a user brought along.
///
/// # Errors
/// [`StoreError`].
pub async fn password(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<Option<Sealed<ImportedHash>>, StoreError> {
    const SQL: &str = "SELECT sealed_hash FROM imported_passwords WHERE pool_id = $1 AND user_id = $2";
    scalar!(tx, fetch_optional, Sealed<ImportedHash>, SQL, [pool_id, user_id])
}

/// Some hash that a user of the pool brought along, and whose.
///
/// # Errors
/// [`StoreError`].
pub async fn any_password(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Option<(UserId, Sealed<ImportedHash>)>, StoreError> {
    const SQL: &str = "SELECT user_id, sealed_hash FROM imported_passwords WHERE pool_id = $1 ORDER BY user_id LIMIT 1";
    fetch!(tx, fetch_optional, (UserId, Sealed<ImportedHash>), SQL, [pool_id])
}

/// Forgets the password hash that a user brought along; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_password(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM imported_passwords WHERE pool_id = $1 AND user_id = $2";
    Ok(execute!(tx, SQL, [pool_id, user_id])? == 1)
}
