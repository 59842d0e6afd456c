//! The terms of a pool's clients.

use super::{Conn, StoreError, doc};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::terms::Terms;

#[derive(sqlx::FromRow)]
struct TermsRow {
    pool_id: UserPoolId,
    terms_id: String,
    client_id: ClientId,
    terms_name: String,
    links: String,
    created_at: i64,
    modified_at: i64,
}

impl TryFrom<TermsRow> for Terms {
    type Error = StoreError;

    fn try_from(row: TermsRow) -> Result<Self, StoreError> {
        Ok(Self {
            links: doc::from_text("terms", "links", &row.terms_id, &row.links)?,
            pool_id: row.pool_id,
            id: row.terms_id,
            client_id: row.client_id,
            name: row.terms_name,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

/// Inserts a new document; `false` if its client has one of that name.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, terms: &Terms) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO terms (pool_id, terms_id, client_id, terms_name, links, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (pool_id, client_id, terms_name) DO NOTHING";
    let links = doc::to_text("terms", "links", &terms.id, &terms.links)?;
    Ok(execute!(tx, SQL, [&terms.pool_id, &terms.id, &terms.client_id, &terms.name, links, terms.created_at.millis()])? == 1)
}

/// A document by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Option<Terms>, StoreError> {
    const SQL: &str = "SELECT pool_id, terms_id, client_id, terms_name, links, created_at, modified_at FROM terms \
                       WHERE pool_id = $1 AND terms_id = $2";
    fetch!(tx, fetch_optional, TermsRow, SQL, [pool_id, id])?.map(Terms::try_from).transpose()
}

/// A document of a client by its name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_client(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId, name: &str) -> Result<Option<Terms>, StoreError> {
    const SQL: &str = "SELECT pool_id, terms_id, client_id, terms_name, links, created_at, modified_at FROM terms \
                       WHERE pool_id = $1 AND client_id = $2 AND terms_name = $3";
    fetch!(tx, fetch_optional, TermsRow, SQL, [pool_id, client_id, name])?.map(Terms::try_from).transpose()
}

/// Replaces the name and the links of a document; no other of its client has the name, as read in this transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, terms: &Terms) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE terms SET terms_name = $3, links = $4, modified_at = $5 WHERE pool_id = $1 AND terms_id = $2";
    let links = doc::to_text("terms", "links", &terms.id, &terms.links)?;
    execute!(tx, SQL, [&terms.pool_id, &terms.id, &terms.name, links, terms.modified_at.millis()]).map(drop)
}

/// Deletes a document; `false` if there was none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM terms WHERE pool_id = $1 AND terms_id = $2";
    Ok(execute!(tx, SQL, [pool_id, id])? == 1)
}

/// A page of a pool's documents, by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<Terms>, StoreError> {
    const SQL: &str = "SELECT pool_id, terms_id, client_id, terms_name, links, created_at, modified_at FROM terms \
                       WHERE pool_id = $1 AND terms_id > $2 ORDER BY terms_id LIMIT $3";
    fetch!(tx, fetch_all, TermsRow, SQL, [pool_id, after, limit])?.into_iter().map(Terms::try_from).collect()
}

/// Deletes the documents of a client, with the client.
pub(super) async fn forget_client(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM terms WHERE pool_id = $1 AND client_id = $2";
    execute!(tx, SQL, [pool_id, client_id]).map(drop)
}
