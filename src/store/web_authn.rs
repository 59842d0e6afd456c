//! Passkeys, and the registrations that wait for one.

use super::{Conn, StoreError, doc, user_data};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::userpools::user_data::Thing;
use crate::userpools::web_authn::assertion::Used;
use crate::userpools::web_authn::{MOST_OF_A_USER, WebAuthnCredential};

#[derive(sqlx::FromRow)]
struct CredentialRow {
    pool_id: UserPoolId,
    credential_id: String,
    user_id: UserId,
    relying_party_id: String,
    public_key: Vec<u8>,
    sign_count: i64,
    is_backup_eligible: i16,
    is_backed_up: i16,
    friendly_name: String,
    attachment: Option<String>,
    transports: String,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<CredentialRow> for WebAuthnCredential {
    type Error = StoreError;

    fn try_from(row: CredentialRow) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("web_authn_credentials", column, &row.credential_id);
        Ok(Self {
            sign_count: u32::try_from(row.sign_count).map_err(|_| corrupt("sign_count"))?,
            transports: doc::from_text("web_authn_credentials", "transports", &row.credential_id, &row.transports)?,
            pool_id: row.pool_id,
            id: row.credential_id,
            user_id: row.user_id,
            relying_party_id: row.relying_party_id,
            public_key: row.public_key,
            is_backup_eligible: row.is_backup_eligible != 0,
            is_backed_up: row.is_backed_up != 0,
            friendly_name: row.friendly_name,
            attachment: row.attachment,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
        })
    }
}

macro_rules! columns {
    () => {
        "pool_id, credential_id, user_id, relying_party_id, public_key, sign_count, is_backup_eligible, is_backed_up, friendly_name, \
         attachment, transports, created_at, last_used_at"
    };
}

/// Inserts a new passkey; `false` if there is one of that id in the pool, whoever has it.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, credential: &WebAuthnCredential) -> Result<bool, StoreError> {
    const SQL: &str = concat!(
        "INSERT INTO web_authn_credentials (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (pool_id, credential_id) DO NOTHING"
    );
    let inserted = execute!(
        tx,
        SQL,
        [
            &credential.pool_id,
            &credential.id,
            &credential.user_id,
            &credential.relying_party_id,
            credential.public_key.as_slice(),
            i64::from(credential.sign_count),
            i16::from(credential.is_backup_eligible),
            i16::from(credential.is_backed_up),
            &credential.friendly_name,
            &credential.attachment,
            doc::to_text("web_authn_credentials", "transports", &credential.id, &credential.transports)?,
            credential.created_at.millis(),
            credential.last_used_at.map(Timestamp::millis)
        ]
    )?;
    if inserted == 1 {
        user_data::keep_new(tx, &credential.pool_id, &Thing::Passkey(credential.id.clone())).await?;
    }
    note_whether_there_are_any(tx, &credential.pool_id, &credential.user_id).await?;
    Ok(inserted == 1)
}

/// A user's passkey by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, id: &str) -> Result<Option<WebAuthnCredential>, StoreError> {
    const SQL: &str =
        concat!("SELECT ", columns!(), " FROM web_authn_credentials WHERE pool_id = $1 AND credential_id = $2 AND user_id = $3");
    fetch!(tx, fetch_optional, CredentialRow, SQL, [pool_id, id, user_id])?.map(WebAuthnCredential::try_from).transpose()
}

/// A passkey of the pool by its id, whoever has it.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn find_by_id(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Option<WebAuthnCredential>, StoreError> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM web_authn_credentials WHERE pool_id = $1 AND credential_id = $2");
    fetch!(tx, fetch_optional, CredentialRow, SQL, [pool_id, id])?.map(WebAuthnCredential::try_from).transpose()
}

/// Keeps the passkeys of a user who is about to be deleted.
pub(super) async fn keep_all(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    for passkey in of_user(tx, pool_id, user_id, &Place::BEGINNING, MOST_OF_A_USER).await? {
        user_data::keep(tx, pool_id, &Thing::Passkey(passkey.id)).await?;
    }
    Ok(())
}

/// Where a page of a user's passkeys begins: after the one that was made then and has this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When it was made.
    pub created_at: Timestamp,
    /// Its id.
    pub id: String,
}

impl Place {
    /// Before the first.
    pub const BEGINNING: Self = Self { created_at: Timestamp::from_millis(i64::MIN), id: String::new() };
}

/// A page of a user's passkeys, the oldest first, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    after: &Place,
    limit: i64,
) -> Result<Vec<WebAuthnCredential>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM web_authn_credentials WHERE pool_id = $1 AND user_id = $2 AND (created_at, credential_id) > ($3, $4) \
          ORDER BY created_at, credential_id LIMIT $5"
    );
    let rows = fetch!(tx, fetch_all, CredentialRow, SQL, [pool_id, user_id, after.created_at.millis(), &after.id, limit])?;
    rows.into_iter().map(WebAuthnCredential::try_from).collect()
}

/// How many passkeys a user has.
///
/// # Errors
/// [`StoreError`].
pub async fn count_of_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM web_authn_credentials WHERE pool_id = $1 AND user_id = $2";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, user_id])
}

/// Notes a use of a passkey, which was read in this transaction. It stays used whatever is restored.
///
/// # Errors
/// [`StoreError`].
pub async fn note_use(tx: &mut Conn, credential: &WebAuthnCredential, used: Used, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE web_authn_credentials SET sign_count = $3, is_backed_up = $4, last_used_at = $5 \
                       WHERE pool_id = $1 AND credential_id = $2";
    let (sign_count, is_backed_up) = (i64::from(used.sign_count), i16::from(used.is_backed_up));
    execute!(tx, SQL, [&credential.pool_id, &credential.id, sign_count, is_backed_up, now.millis()]).map(drop)
}

/// Deletes a user's passkey; `false` if they have none of that id.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM web_authn_credentials WHERE pool_id = $1 AND credential_id = $2 AND user_id = $3";
    if find(tx, pool_id, user_id, id).await?.is_none() {
        return Ok(false);
    }
    user_data::keep(tx, pool_id, &Thing::Passkey(id.to_owned())).await?;
    let deleted = execute!(tx, SQL, [pool_id, id, user_id])?;
    note_whether_there_are_any(tx, pool_id, user_id).await?;
    Ok(deleted == 1)
}

/// Keeps what the user's row says of it.
pub(super) async fn note_whether_there_are_any(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET has_passkey = CASE WHEN EXISTS (SELECT 1 FROM web_authn_credentials c \
                       WHERE c.pool_id = $1 AND c.user_id = $2) THEN 1 ELSE 0 END WHERE pool_id = $1 AND user_id = $2";
    execute!(tx, SQL, [pool_id, user_id]).map(drop)
}

/// A registration that waits for its passkey.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Registration {
    /// The hash of the challenge that it was begun with.
    pub challenge_hash: String,
    /// The client whose token began it.
    pub client_id: ClientId,
    /// Milliseconds.
    pub expires_at: i64,
}

/// Begins a user's registration, in place of one that waits.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, registration: &Registration) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO web_authn_registrations (pool_id, user_id, challenge_hash, client_id, expires_at) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pool_id, user_id) \
                       DO UPDATE SET challenge_hash = $3, client_id = $4, expires_at = $5";
    let Registration { challenge_hash, client_id, expires_at } = registration;
    execute!(tx, SQL, [pool_id, user_id, challenge_hash, client_id, *expires_at]).map(drop)
}

/// The registration of a user that waits.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<Option<Registration>, StoreError> {
    const SQL: &str = "SELECT challenge_hash, client_id, expires_at FROM web_authn_registrations WHERE pool_id = $1 AND user_id = $2";
    fetch!(tx, fetch_optional, Registration, SQL, [pool_id, user_id])
}

/// Ends a user's registration: its challenge serves no more.
///
/// # Errors
/// [`StoreError`].
pub async fn end(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM web_authn_registrations WHERE pool_id = $1 AND user_id = $2";
    execute!(tx, SQL, [pool_id, user_id]).map(drop)
}
