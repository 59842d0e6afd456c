//! An import job: where it stands, the columns of its file, and what a line of it says of a user.

pub mod record;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use zeroize::Zeroizing;

use super::attributes::full_schema;
use super::pool::Pool;
use crate::crypto::imported::{HashRefused, Hashing, ImportedHash};
use crate::crypto::seal::SealError;
use crate::crypto::sealed::Sealable;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// The column of the name.
pub const USERNAME: &str = "cognito:username";

/// The column that says whether SMS MFA is on.
pub const MFA_ENABLED: &str = "cognito:mfa_enabled";

/// The column of password hashes, in files of jobs with an algorithm.
pub const PASSWORD_HASH: &str = "cognito:password_hash";

/// How many jobs a pool keeps.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", resource quotas.
pub const MOST_IN_A_POOL: i64 = 1_000;

/// An import job.
#[derive(Clone, Debug)]
pub struct ImportJob {
    /// The pool.
    pub pool_id: UserPoolId,
    /// `import-` and ten alphanumerics.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The role that AWS would write its log as; kept, and nothing is written as it.
    pub role_arn: String,
    /// How the hashes of its file were made, if it has any.
    pub hashing: Option<Hashing>,
    /// Where it stands.
    pub status: ImportStatus,
    /// The bytes of its file, once it is there whole; else 0.
    pub uploaded_bytes: i64,
    /// The byte of the file at which the next line begins.
    pub next_byte: i64,
    /// How many lines were read, the header included.
    pub lines: i64,
    /// The columns of the file, once they were read.
    pub columns: Option<Vec<String>>,
    /// What became of its lines.
    pub counts: ImportCounts,
    /// What is told when it is over.
    pub message: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub completed_at: Option<Timestamp>,
}

/// What became of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// They made users.
    pub imported: i64,
    /// Their users were there.
    pub skipped: i64,
    /// They are wrong.
    pub failed: i64,
}

/// A piece of an uploaded file: it holds people's data and their hashes, so it rests sealed.
pub struct Piece(pub Zeroizing<Vec<u8>>);

impl Sealable for Piece {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Ok(self.0.clone())
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        Some(Self(bytes))
    }
}

/// How long a piece is, in bytes; only a file's last is shorter.
pub const PIECE_BYTES: usize = 64 * 1024;

/// How long a file is at most, in bytes: over a million users.
pub const MOST_FILE_BYTES: usize = 1024 * 1024 * 1024;

/// Where a job stands.
///
/// Source: Amazon Cognito API reference, UserImportJobType.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStatus {
    /// Made, and not started.
    Created,
    /// Started, and nothing read yet.
    Pending,
    /// Users are imported.
    InProgress,
    /// To be stopped.
    Stopping,
    /// Never started.
    Expired,
    /// Stopped by whoever may.
    Stopped,
    /// Its file cannot be read.
    Failed,
    /// Every line was read.
    Succeeded,
}

impl ImportStatus {
    const ALL: [Self; 8] =
        [Self::Created, Self::Pending, Self::InProgress, Self::Stopping, Self::Expired, Self::Stopped, Self::Failed, Self::Succeeded];

    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Stopping => "Stopping",
            Self::Expired => "Expired",
            Self::Stopped => "Stopped",
            Self::Failed => "Failed",
            Self::Succeeded => "Succeeded",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether a node works at such a job.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress | Self::Stopping)
    }
}

/// The columns of a pool's files, in AWS's order: the standard attributes, the pool's own, then Cognito's.
///
/// Source: Amazon Cognito developer guide, "Importing users into user pools from a CSV file".
#[must_use]
pub fn columns(pool: &Pool) -> Vec<String> {
    let schema = full_schema(&pool.configuration.schema);
    let attributes = schema.into_iter().map(|attribute| attribute.name).filter(|name| name != "sub");
    attributes.chain([MFA_ENABLED.to_owned(), USERNAME.to_owned()]).collect()
}

/// Why the first line of a file is no header of the pool's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderRefused {
    /// A column that the pool does not know.
    #[error("The CSV file has the column {0}, which the user pool does not have.")]
    Unknown(String),
    /// A column twice.
    #[error("The CSV file has the column {0} twice.")]
    Twice(String),
    /// A column that every file has.
    #[error("The CSV file does not have the column {0}.")]
    Missing(String),
}

/// Holds the columns of a file to the pool's: all of them, in any order.
///
/// # Errors
/// [`HeaderRefused`].
pub fn check_header(pool: &Pool, hashing: Option<Hashing>, header: &[String]) -> Result<(), HeaderRefused> {
    let mut known = columns(pool);
    if hashing.is_some() {
        known.push(PASSWORD_HASH.to_owned());
    }
    for (place, column) in header.iter().enumerate() {
        if !known.contains(column) {
            return Err(HeaderRefused::Unknown(column.clone()));
        }
        if header.iter().take(place).any(|earlier| earlier == column) {
            return Err(HeaderRefused::Twice(column.clone()));
        }
    }
    known.into_iter().find(|column| !header.contains(column)).map_or(Ok(()), |missing| Err(HeaderRefused::Missing(missing)))
}

/// What a line says of a user.
pub struct Line {
    /// The name.
    pub username: String,
    /// The attributes that are given.
    pub attributes: BTreeMap<String, String>,
    /// Whether SMS MFA is on.
    pub mfa_enabled: bool,
    /// Their password's hash.
    pub password: Option<ImportedHash>,
}

/// Why a line makes no user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineRefused {
    /// It has more values than there are columns, or fewer.
    #[error("The line has {0} values, and the file has {1} columns.")]
    Width(usize, usize),
    /// It has no name.
    #[error("The username is missing.")]
    NoUsername,
    /// What is neither true nor false.
    #[error("The value of {0} must be true or false.")]
    NotBoolean(String),
    /// The user could never reset their password.
    #[error("At least one of the auto-verified attributes of the user pool must be verified.")]
    NothingVerified,
    /// A code cannot go to where there is no number.
    #[error("cognito:mfa_enabled is true, and there is no phone_number.")]
    NoPhoneNumber,
    /// A value that no request could carry either.
    #[error("The value of {0} is not valid.")]
    Value(String),
    /// The hash is none.
    #[error(transparent)]
    Hash(#[from] HashRefused),
}

/// What a line says. Capitals do not matter in `true` and `false`, as spreadsheets write them.
///
/// # Errors
/// [`LineRefused`].
pub fn read_line(pool: &Pool, hashing: Option<Hashing>, columns: &[String], values: &[&str]) -> Result<Line, LineRefused> {
    if columns.len() != values.len() {
        return Err(LineRefused::Width(values.len(), columns.len()));
    }
    if let Some((column, _)) = columns.iter().zip(values).find(|(column, value)| !is_value(column, value)) {
        return Err(LineRefused::Value(column.clone()));
    }
    let mut given: BTreeMap<&str, &str> =
        columns.iter().map(String::as_str).zip(values.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    let username = given.remove(USERNAME).ok_or(LineRefused::NoUsername)?.to_owned();
    let mfa_enabled = given.remove(MFA_ENABLED).map_or(Ok(false), |value| boolean(MFA_ENABLED, value))?;
    let password = match (hashing, given.remove(PASSWORD_HASH)) {
        (Some(hashing), Some(hash)) => Some(ImportedHash::parse(hashing, hash)?),
        _ => None,
    };
    let mut attributes = BTreeMap::new();
    for (name, value) in given {
        let value = if name.ends_with("_verified") { boolean(name, value)?.to_string() } else { value.to_owned() };
        attributes.insert(name.to_owned(), value);
    }
    let is_verified = |attribute: &String| attributes.get(&format!("{attribute}_verified")).is_some_and(|value| value == "true");
    // Whoever brings a password need not reset it.
    if password.is_none() && !pool.configuration.auto_verified_attributes.iter().any(is_verified) {
        return Err(LineRefused::NothingVerified);
    }
    if mfa_enabled && !attributes.contains_key("phone_number") {
        return Err(LineRefused::NoPhoneNumber);
    }
    Ok(Line { username, attributes, mfa_enabled, password })
}

/// Whether a request could carry a value: files are held to the interface model, too (`UsernameType`, `AttributeValueType`).
fn is_value(column: &str, value: &str) -> bool {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]*$").ok());
    !value.contains('\0')
        && value.chars().nth(MOST_VALUE_CHARACTERS).is_none()
        && (column != USERNAME || NAME.as_ref().is_some_and(|name| name.is_match(value)))
}

/// Source: the interface model, `AttributeValueType`.
const MOST_VALUE_CHARACTERS: usize = 2048;

fn boolean(column: &str, value: &str) -> Result<bool, LineRefused> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(LineRefused::NotBoolean(column.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::userpools::pool::PoolConfiguration;

    fn pool() -> Pool {
        Pool {
            id: "us-east-1_a".into(),
            account_id: "000000000000".into(),
            region: "us-east-1".to_owned(),
            name: "p".to_owned(),
            configuration: PoolConfiguration { auto_verified_attributes: vec!["email".to_owned()], ..PoolConfiguration::default() },
            created_at: Timestamp::from_millis(0),
            modified_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn the_header_has_every_column_once_in_any_order() {
        let mut header = columns(&pool());
        assert_eq!(header.first().map(String::as_str), Some("name"));
        header.reverse();
        assert_eq!(check_header(&pool(), None, &header), Ok(()));
        assert_eq!(check_header(&pool(), Some(Hashing::Bcrypt), &header), Err(HeaderRefused::Missing(PASSWORD_HASH.to_owned())));
        let with = |more: &str| [header.as_slice(), &[more.to_owned()]].concat();
        assert_eq!(check_header(&pool(), Some(Hashing::Bcrypt), &with(PASSWORD_HASH)), Ok(()));
        assert_eq!(check_header(&pool(), None, &with(PASSWORD_HASH)), Err(HeaderRefused::Unknown(PASSWORD_HASH.to_owned())));
        assert_eq!(check_header(&pool(), None, &with("email")), Err(HeaderRefused::Twice("email".to_owned())));
        assert_eq!(check_header(&pool(), None, &with("custom:x")), Err(HeaderRefused::Unknown("custom:x".to_owned())));
        header.pop();
        assert_eq!(check_header(&pool(), None, &header), Err(HeaderRefused::Missing("name".to_owned())));
    }

    #[test]
    fn lines_say_who_a_user_is_or_why_not() {
        let columns = ["cognito:username", "email", "email_verified", "cognito:mfa_enabled", "phone_number"].map(str::to_owned);
        let read = |values: &[&str]| read_line(&pool(), None, &columns, values);
        let line = read(&["ann", "a@b.example", "TRUE", "False", ""]).unwrap_or_else(|refused| panic!("{refused}"));
        assert_eq!((line.username.as_str(), line.mfa_enabled, line.attributes.len()), ("ann", false, 2));
        assert_eq!(line.attributes["email_verified"], "true");
        for (values, refused) in [
            (["", "a@b.example", "true", "", ""].as_slice(), LineRefused::NoUsername),
            (&["ann", "a@b.example", "yes", "", ""], LineRefused::NotBoolean("email_verified".to_owned())),
            (&["ann", "a@b.example", "true", "1", ""], LineRefused::NotBoolean("cognito:mfa_enabled".to_owned())),
            (&["ann", "a@b.example", "false", "", ""], LineRefused::NothingVerified),
            (&["ann", "a@b.example", "true", "true", ""], LineRefused::NoPhoneNumber),
            (&["ann"], LineRefused::Width(1, 5)),
            (&["a b", "a@b.example", "true", "", ""], LineRefused::Value("cognito:username".to_owned())),
            (&["ann", "a\0@b.example", "true", "", ""], LineRefused::Value("email".to_owned())),
            (&["ann", &"a".repeat(2049), "true", "", ""], LineRefused::Value("email".to_owned())),
        ] {
            assert_eq!(read(values).map(|_| ()), Err(refused));
        }
    }
}
