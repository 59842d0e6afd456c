//! The resource servers of user pools.

use super::{Conn, StoreError, doc};
use crate::kit::id::UserPoolId;
use crate::userpools::resource_server::{MOST_IN_A_POOL, ResourceServer, Scope};

#[derive(sqlx::FromRow)]
struct ResourceServerRow {
    pool_id: UserPoolId,
    identifier: String,
    name: String,
    scopes: String,
}

impl TryFrom<ResourceServerRow> for ResourceServer {
    type Error = StoreError;

    fn try_from(row: ResourceServerRow) -> Result<Self, StoreError> {
        let scopes: Vec<Scope> = doc::from_text("resource_servers", "scopes", row.pool_id.as_str(), &row.scopes)?;
        Ok(Self { pool_id: row.pool_id, identifier: row.identifier, name: row.name, scopes })
    }
}

/// Inserts a new resource server; `false` if there is one of that identifier.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, server: &ResourceServer) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO resource_servers (pool_id, identifier, name, scopes) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (pool_id, identifier) DO NOTHING";
    let scopes = doc::to_text("resource_servers", "scopes", server.pool_id.as_str(), &server.scopes)?;
    Ok(execute!(tx, SQL, [&server.pool_id, &server.identifier, &server.name, scopes])? == 1)
}

/// A resource server by its identifier.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, identifier: &str) -> Result<Option<ResourceServer>, StoreError> {
    const SQL: &str = "SELECT pool_id, identifier, name, scopes FROM resource_servers WHERE pool_id = $1 AND identifier = $2";
    fetch!(tx, fetch_optional, ResourceServerRow, SQL, [pool_id, identifier])?.map(ResourceServer::try_from).transpose()
}

/// Replaces what a resource server is, but for its identifier; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, server: &ResourceServer) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE resource_servers SET name = $3, scopes = $4 WHERE pool_id = $1 AND identifier = $2";
    let scopes = doc::to_text("resource_servers", "scopes", server.pool_id.as_str(), &server.scopes)?;
    Ok(execute!(tx, SQL, [&server.pool_id, &server.identifier, &server.name, scopes])? == 1)
}

/// Deletes a resource server; `false` if there was none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, identifier: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM resource_servers WHERE pool_id = $1 AND identifier = $2";
    Ok(execute!(tx, SQL, [pool_id, identifier])? == 1)
}

/// A page of a pool's resource servers, by identifier, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<ResourceServer>, StoreError> {
    const SQL: &str = "SELECT pool_id, identifier, name, scopes FROM resource_servers \
                       WHERE pool_id = $1 AND identifier > $2 ORDER BY identifier LIMIT $3";
    fetch!(tx, fetch_all, ResourceServerRow, SQL, [pool_id, after, limit])?.into_iter().map(ResourceServer::try_from).collect()
}

/// All of a pool's: there are few.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<ResourceServer>, StoreError> {
    // One more than there may be, so that one too many is seen.
    list(tx, pool_id, "", MOST_IN_A_POOL + 1).await
}
