//! Imports of users: the address that takes the file, the file as it comes in, and its lines as users.

use std::time::Duration;

use zeroize::Zeroizing;

use super::failed::{Failed, fails_with_the_store};
use super::new_user::{self, AliasRefused, InsertRefused, NewUser, Prepared};
use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::crypto::imported::ImportedHash;
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::kit::secret::constant_time_equals;
use crate::store::{self, Conn, StoreError, user_imports};
use crate::userpools::attributes::Writer;
use crate::userpools::import::record::RecordRefused;
use crate::userpools::import::{ImportJob, ImportStatus, MOST_FILE_BYTES, PIECE_BYTES, Piece, read_line};
use crate::userpools::pool::Pool;
use crate::userpools::user::UserStatus;

/// How long an address takes the file.
///
/// Source: Amazon Cognito developer guide, "Importing users into user pools from a CSV file".
const ADDRESS_SERVES: Duration = Duration::from_secs(15 * 60);

/// The address that takes the file of a job, for whoever has it; none once the job takes no file any more.
#[must_use]
pub fn upload_address(app: &App, job: &ImportJob) -> Option<String> {
    if job.status != ImportStatus::Created {
        return None;
    }
    let expires = app.now().plus(ADDRESS_SERVES).seconds();
    let signature = signature(app, &job.pool_id, &job.id, expires);
    Some(format!("{}/_imports/{}/{}?expires={expires}&signature={signature}", app.public_url, job.pool_id, job.id))
}

fn signature(app: &App, pool_id: &UserPoolId, job_id: &str, expires: i64) -> String {
    hex(&app.keys.travelling.keyed_hash(&["user import", pool_id.as_str(), job_id, &expires.to_string()]))
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadRefused {
    /// The address is none of ours, or is old.
    #[error("the address is not valid, or not any more")]
    Address,
    /// The job takes no file any more, or another upload has begun.
    #[error("the job takes no file, or another upload has begun")]
    Closed,
    /// The file is too long.
    #[error("the file is longer than {MOST_FILE_BYTES} bytes")]
    TooLong,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(UploadRefused);

/// A file that is coming in.
pub struct Upload<'a> {
    app: &'a App,
    pool_id: UserPoolId,
    job_id: String,
    id: String,
    number: i64,
    bytes: usize,
    rest: Zeroizing<Vec<u8>>,
}

impl<'a> Upload<'a> {
    /// Begins to take the file of a job at an address that [`upload_address`] gave, in place of an earlier one.
    ///
    /// # Errors
    /// [`UploadRefused`].
    pub async fn begin(app: &'a App, pool_id: &str, job_id: &str, expires: i64, given: &str) -> Result<Self, UploadRefused> {
        let pool_id = UserPoolId::from(pool_id);
        let expected = signature(app, &pool_id, job_id, expires);
        if !constant_time_equals(expected.as_bytes(), given.as_bytes()) || app.now() >= Timestamp::from_seconds(expires) {
            return Err(UploadRefused::Address);
        }
        let id = ids::uuid(&mut app.rng());
        let begun = app.write(async |tx| user_imports::begin_upload(tx, &pool_id, job_id, &id).await).await?;
        if !begun {
            return Err(UploadRefused::Closed);
        }
        Ok(Self { app, pool_id, job_id: job_id.to_owned(), id, number: 0, bytes: 0, rest: Zeroizing::default() })
    }

    /// Takes more of the file.
    ///
    /// # Errors
    /// [`UploadRefused`].
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), UploadRefused> {
        self.bytes += bytes.len();
        if self.bytes > MOST_FILE_BYTES {
            return Err(UploadRefused::TooLong);
        }
        self.rest.extend_from_slice(bytes);
        while self.rest.len() >= PIECE_BYTES {
            let after = self.rest.split_off(PIECE_BYTES);
            let piece = std::mem::replace(&mut *self.rest, after);
            self.put(piece).await?;
        }
        Ok(())
    }

    /// Ends the file: it is there whole.
    ///
    /// # Errors
    /// [`UploadRefused`].
    pub async fn end(mut self) -> Result<(), UploadRefused> {
        if !self.rest.is_empty() {
            let last = std::mem::take(&mut *self.rest);
            self.put(last).await?;
        }
        let bytes = i64::try_from(self.bytes).map_err(|_| UploadRefused::TooLong)?;
        let ended = self.app.write(async |tx| user_imports::end_upload(tx, &self.pool_id, &self.job_id, &self.id, bytes).await).await?;
        if ended { Ok(()) } else { Err(UploadRefused::Closed) }
    }

    async fn put(&mut self, piece: Vec<u8>) -> Result<(), UploadRefused> {
        let (app, number) = (self.app, self.number);
        let place = place(&self.pool_id, &self.job_id, number);
        let sealed = app.keys.at_rest.seal(&place_of(&place), &Piece(Zeroizing::new(piece)), &mut app.rng()).map_err(Failed::because)?;
        let (pool_id, job_id, id) = (&self.pool_id, &self.job_id, &self.id);
        let added = app.write(async |tx| user_imports::add_piece(tx, pool_id, job_id, id, number, &sealed).await).await?;
        self.number += 1;
        if added { Ok(()) } else { Err(UploadRefused::Closed) }
    }
}

/// The place that a piece is sealed for.
fn place(pool_id: &UserPoolId, job_id: &str, number: i64) -> [String; 4] {
    ["user_import_pieces".to_owned(), pool_id.to_string(), job_id.to_owned(), number.to_string()]
}

fn place_of(place: &[String; 4]) -> [&str; 4] {
    place.each_ref().map(String::as_str)
}

/// A piece of a job's file; `None` beyond its end.
///
/// # Errors
/// [`StoreError`].
pub async fn piece(app: &App, tx: &mut Conn, job: &ImportJob, number: i64) -> Result<Option<Piece>, StoreError> {
    let Some(sealed) = user_imports::piece(tx, &job.pool_id, &job.id, number).await? else { return Ok(None) };
    let place = place(&job.pool_id, &job.id, number);
    let opened = app.keys.at_rest.open(&place_of(&place), &sealed);
    opened.map(Some).map_err(|_| StoreError::corrupt("user_import_pieces", "sealed_piece", &job.id))
}

/// A line of a file, as far as it can be judged without the database: a user, or why there is none.
pub struct Candidate {
    /// The line's number in the file; the header is 1.
    pub line: i64,
    new: Result<Newcomer, String>,
}

struct Newcomer {
    prepared: Prepared,
    password: Option<Sealed<ImportedHash>>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineOutcome {
    /// It made a user.
    Imported,
    /// Its user is there.
    Skipped,
    /// It is wrong.
    Failed(String),
}

impl Candidate {
    /// Judges a line.
    ///
    /// # Errors
    /// [`StoreError::Sealing`].
    pub fn of(app: &App, pool: &Pool, job: &ImportJob, line: i64, values: &[&str]) -> Result<Self, StoreError> {
        let columns = job.columns.as_deref().unwrap_or_default();
        let read = match read_line(pool, job.hashing, columns, values) {
            Ok(read) => read,
            Err(refused) => return Ok(Self { line, new: Err(refused.to_string()) }),
        };
        let status = if read.password.is_some() { UserStatus::Confirmed } else { UserStatus::ResetRequired };
        let new = NewUser { username: read.username, attributes: read.attributes, writer: Writer::Administrator, status };
        let prepared = match new_user::prepare(app, pool, new) {
            Ok(prepared) => prepared,
            Err(unfit) => return Ok(Self { line, new: Err(unfit.to_string()) }),
        };
        let place = password_place(&pool.id, prepared.user.id.as_str());
        let seal = |hash: &ImportedHash| app.keys.at_rest.seal(&place, hash, &mut app.rng());
        let password = read.password.as_ref().map(seal).transpose()?;
        Ok(Self { line, new: Ok(Newcomer { prepared, password }) })
    }

    /// A line that is none of a CSV file's.
    #[must_use]
    pub fn refused(line: i64, why: &RecordRefused) -> Self {
        Self { line, new: Err(why.to_string()) }
    }

    /// Makes the user, unless there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert(&self, tx: &mut Conn, pool: &Pool) -> Result<LineOutcome, Failed> {
        let Newcomer { prepared, password } = match &self.new {
            Ok(new) => new,
            Err(reason) => return Ok(LineOutcome::Failed(reason.clone())),
        };
        // Looked up before anything is written: a line that fails halfway would leave half a user.
        match new_user::taken(tx, pool, prepared).await {
            Ok(None) => {}
            Ok(Some(kind)) if kind == prepared.kind() => return Ok(LineOutcome::Skipped),
            Ok(Some(kind)) => return Ok(LineOutcome::Failed(AliasRefused::Exists(kind).to_string())),
            Err(AliasRefused::Failed(failed)) => return Err(failed),
            Err(refused) => return Ok(LineOutcome::Failed(refused.to_string())),
        }
        match new_user::insert(tx, pool, prepared, false).await {
            Ok(()) => {}
            Err(InsertRefused::Failed(failed)) => return Err(failed),
            Err(refused) => return Err(Failed::because(refused)),
        }
        if let Some(hash) = password {
            store::user_imports::put_password(tx, &pool.id, &prepared.user.id, hash).await?;
        }
        Ok(LineOutcome::Imported)
    }
}

/// The place that an imported hash is sealed for.
#[must_use]
pub fn password_place<'a>(pool_id: &'a UserPoolId, user_id: &'a str) -> [&'a str; 3] {
    ["imported_passwords", pool_id.as_str(), user_id]
}
