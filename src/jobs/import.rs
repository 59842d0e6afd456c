//! Imports users: works at every job that is due, a batch of lines at a time. A batch is one transaction, which notes how far it
//! came: so a node that dies imports no line twice, and what two jobs ask for is done in turns.

use csv::{ByteRecord, ReaderBuilder};

use super::held::{Held, Interrupted};
use crate::context::App;
use crate::flows::failed::Failed;
use crate::flows::user_imports::{self, Candidate, LineOutcome};
use crate::store::{self, Conn, StoreError};
use crate::userpools::import::record::{self, Extent, RecordRefused, extent};
use crate::userpools::import::{ImportJob, ImportStatus, PIECE_BYTES, check_header};
use crate::userpools::pool::Pool;

/// How many lines go in one transaction: others wait no longer than that takes.
pub const BATCH: usize = 100;

/// How many pieces of a file are removed at once.
const PIECES: u32 = 200;

/// How many lines that failed are told of.
pub const MOST_FAILURES: i64 = 10_000;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a job is due.
///
/// # Errors
/// [`StoreError`].
pub async fn has_work(app: &App) -> Result<bool, StoreError> {
    Ok(app.read(async |tx| store::user_imports::due(tx, app.now()).await).await?.is_some())
}

/// Works until no job is due.
///
/// # Errors
/// [`Interrupted`].
pub async fn run(held: &Held<'_>) -> Result<(), Interrupted> {
    while let Some(job) = held.app.read(async |tx| store::user_imports::due(tx, held.app.now()).await).await? {
        let outcome = match job.status {
            ImportStatus::Created => over(held, &job, ImportStatus::Expired, "The job was not started in time.").await,
            ImportStatus::Pending => begin(held, &job).await,
            ImportStatus::InProgress => go_on(held, &job).await,
            ImportStatus::Stopping => over(held, &job, ImportStatus::Stopped, "Import Job Stopped.").await,
            ImportStatus::Expired | ImportStatus::Stopped | ImportStatus::Failed | ImportStatus::Succeeded => clear(held, &job).await,
        };
        match outcome {
            // One job's broken file keeps no other from its turn.
            Err(Interrupted::Store(StoreError::CorruptRow { .. })) if job.status.is_running() => {
                over(held, &job, ImportStatus::Failed, "The CSV file is not there as it was uploaded.").await?;
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// The job as it is now, unless somebody has moved it on meanwhile.
async fn unmoved(tx: &mut Conn, job: &ImportJob) -> Result<Option<ImportJob>, StoreError> {
    let found = store::user_imports::find(tx, &job.pool_id, &job.id).await?;
    Ok(found.filter(|found| (found.status, found.next_byte) == (job.status, job.next_byte)))
}

/// Ends a job; what is left of it is cleared next.
async fn over(held: &Held<'_>, job: &ImportJob, status: ImportStatus, message: &str) -> Result<(), Interrupted> {
    let now = held.app.now();
    held.step(async |tx| {
        let Some(job) = unmoved(tx, job).await? else { return Ok::<_, StoreError>(()) };
        let ended = ImportJob { status, message: Some(message.to_owned()), completed_at: Some(now), ..job };
        store::user_imports::update(tx, &ended, Some(now)).await
    })
    .await
}

/// Reads the header.
async fn begin(held: &Held<'_>, job: &ImportJob) -> Result<(), Interrupted> {
    let Some(pool) = held.app.pool(&job.pool_id).await? else { return forget(held, job).await };
    let file = File::read(held, job).await?;
    let start = if file.bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let Lines { mut lines, length, .. } = file.lines(start, 1);
    let Some(Ok(header)) = lines.pop() else {
        return over(held, job, ImportStatus::Failed, "The CSV file has no header.").await;
    };
    let Some(columns) = texts(&header).map(|columns| columns.into_iter().map(str::to_owned).collect::<Vec<_>>()) else {
        return over(held, job, ImportStatus::Failed, "The CSV file is not encoded in UTF-8.").await;
    };
    if let Err(refused) = check_header(&pool, job.hashing, &columns) {
        return over(held, job, ImportStatus::Failed, &refused.to_string()).await;
    }
    let next_byte = i64::try_from(start + length).unwrap_or(i64::MAX);
    held.step(async |tx| {
        let Some(job) = unmoved(tx, job).await? else { return Ok::<_, StoreError>(()) };
        let columns = Some(columns.clone());
        let begun = ImportJob { status: ImportStatus::InProgress, columns, next_byte, lines: 1, ..job };
        store::user_imports::update(tx, &begun, Some(held.app.now())).await
    })
    .await
}

/// A pool that is gone took its jobs along; one that the cache does not know yet comes.
async fn forget(held: &Held<'_>, job: &ImportJob) -> Result<(), Interrupted> {
    over(held, job, ImportStatus::Failed, "The user pool does not exist.").await
}

/// Imports a batch of lines.
async fn go_on(held: &Held<'_>, job: &ImportJob) -> Result<(), Interrupted> {
    let Some(pool) = held.app.pool(&job.pool_id).await? else { return forget(held, job).await };
    let file = File::read(held, job).await?;
    let Lines { lines, length, goes_on } = file.lines(0, BATCH);
    let mut candidates = Vec::with_capacity(lines.len());
    for (number, line) in (job.lines + 1..).zip(&lines) {
        candidates.push(match line {
            // What is no text has no width that fits.
            Ok(line) => Candidate::of(held.app, &pool, job, number, &texts(line).unwrap_or_default())?,
            Err(refused) => Candidate::refused(number, refused),
        });
    }
    let mut next_byte = job.next_byte + i64::try_from(length).unwrap_or(i64::MAX);
    if goes_on {
        next_byte = after_line(held, job, next_byte).await?;
    }
    let is_end = next_byte >= job.uploaded_bytes;
    held.step(async |tx| batch(held, tx, &pool, job, &candidates, next_byte, is_end).await).await
}

/// Where the line ends that goes on at a byte. It is looked for piece by piece, for it may be as long as the file.
async fn after_line(held: &Held<'_>, job: &ImportJob, from: i64) -> Result<i64, Interrupted> {
    let mut next_byte = from;
    for pieces in 1_u32.. {
        let file = File::read(held, &ImportJob { next_byte, ..job.clone() }).await?;
        let length = record::line(&file.bytes, file.is_last);
        next_byte += i64::try_from(length.unwrap_or(file.bytes.len())).unwrap_or(i64::MAX);
        if length.is_some() {
            break;
        }
        if pieces.is_multiple_of(PIECES) {
            // The job stays ours, and ends where the node does.
            held.step(async |_| Ok::<_, StoreError>(())).await?;
        }
    }
    Ok(next_byte)
}

async fn batch(
    held: &Held<'_>,
    tx: &mut Conn,
    pool: &Pool,
    job: &ImportJob,
    candidates: &[Candidate],
    next_byte: i64,
    is_end: bool,
) -> Result<(), Failed> {
    let Some(mut job) = unmoved(tx, job).await? else { return Ok(()) };
    for candidate in candidates {
        job.lines = candidate.line;
        match candidate.insert(tx, pool).await? {
            LineOutcome::Imported => job.counts.imported += 1,
            LineOutcome::Skipped => job.counts.skipped += 1,
            LineOutcome::Failed(reason) => {
                job.counts.failed += 1;
                if job.counts.failed <= MOST_FAILURES {
                    store::user_imports::note_failure(tx, &job.pool_id, &job.id, candidate.line, &reason).await?;
                }
            }
        }
    }
    job.next_byte = next_byte;
    let now = held.app.now();
    if is_end {
        job.status = ImportStatus::Succeeded;
        job.completed_at = Some(now);
        job.message = Some("Import Job Completed Successfully.".to_owned());
    }
    Ok(store::user_imports::update(tx, &job, Some(now)).await?)
}

/// Removes the file of a job that is over.
async fn clear(held: &Held<'_>, job: &ImportJob) -> Result<(), Interrupted> {
    let remove = async |tx: &mut Conn| store::user_imports::remove_pieces(tx, &job.pool_id, &job.id, i64::from(PIECES)).await;
    while held.step(remove).await? == u64::from(PIECES) {}
    held.step(async |tx| match unmoved(tx, job).await? {
        Some(job) => store::user_imports::update(tx, &job, None).await,
        None => Ok(()),
    })
    .await
}

/// Lines of a file.
struct Lines {
    /// Records, and lines that are none.
    lines: Vec<Result<ByteRecord, RecordRefused>>,
    /// How many bytes they are.
    length: usize,
    /// Whether the last of them, which is none, goes on where the bytes end.
    goes_on: bool,
}

/// The part of a job's file that its next lines are in: no record is longer than it.
struct File {
    bytes: Vec<u8>,
    /// Whether the file ends here.
    is_last: bool,
}

impl File {
    async fn read(held: &Held<'_>, job: &ImportJob) -> Result<Self, StoreError> {
        let piece_bytes = i64::try_from(PIECE_BYTES).unwrap_or(i64::MAX);
        let first = job.next_byte / piece_bytes;
        let offset = usize::try_from(job.next_byte % piece_bytes).unwrap_or_default();
        let corrupt = || StoreError::corrupt("user_import_pieces", "number", &job.id);
        let mut bytes = Vec::with_capacity(2 * PIECE_BYTES);
        for number in [first, first + 1] {
            if number * piece_bytes >= job.uploaded_bytes {
                break;
            }
            let piece = held.app.read(async |tx| user_imports::piece(held.app, tx, job, number).await).await?.ok_or_else(corrupt)?;
            bytes.extend_from_slice(&piece.0);
        }
        let is_last = (first + 2) * piece_bytes >= job.uploaded_bytes;
        Ok(Self { bytes: bytes.split_off(offset.min(bytes.len())), is_last })
    }

    /// Some of the lines from a byte on, as far as they are whole.
    fn lines(&self, start: usize, limit: usize) -> Lines {
        let mut rest = self.bytes.get(start..).unwrap_or_default();
        let mut found = Lines { lines: Vec::new(), length: 0, goes_on: false };
        while found.lines.len() < limit && !found.goes_on {
            let length = match extent(rest, self.is_last) {
                Some(Extent::Blank(length)) => length,
                Some(Extent::Record(length)) => {
                    found.lines.push(Ok(read(rest.get(..length).unwrap_or_default())));
                    length
                }
                Some(Extent::Refused(refused, length)) => {
                    found.lines.push(Err(refused));
                    found.goes_on = length.is_none();
                    length.unwrap_or(rest.len())
                }
                None => break,
            };
            rest = rest.get(length..).unwrap_or_default();
            found.length += length;
        }
        found
    }
}

/// The values of a record.
fn read(record: &[u8]) -> ByteRecord {
    let mut reader = ReaderBuilder::new().has_headers(false).buffer_capacity(record.len()).from_reader(record);
    let mut values = ByteRecord::new();
    // What is in memory is read without error.
    reader.read_byte_record(&mut values).unwrap_or_default();
    values
}

fn texts(line: &ByteRecord) -> Option<Vec<&str>> {
    line.iter().map(|value| std::str::from_utf8(value).ok()).collect()
}
