//! User pools and their app clients.

use super::changes::Change;
use super::{Conn, StoreError, doc};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, ClientId, UserPoolId};
use crate::kit::secret::Secret;
use crate::userpools::client::{Client, ClientConfiguration};
use crate::userpools::client_secret::ClientSecret;
use crate::userpools::pool::{Pool, PoolConfiguration, Stored};
use crate::userpools::registration::{ClientType, Registered};

/// A table of what pools are made of.
pub(super) struct TableOfPools {
    /// Its name.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds the list to the schema"))]
    pub(super) name: &'static str,
    /// What empties it of one pool.
    empty_of_pool: &'static str,
    /// What empties it.
    pub(super) empty: &'static str,
}

macro_rules! tables_of_pools {
    ($($table:literal),+ $(,)?) => {
        &[$(TableOfPools {
            name: $table,
            empty_of_pool: concat!("DELETE FROM ", $table, " WHERE pool_id = $1"),
            empty: concat!("DELETE FROM ", $table),
        }),+]
    };
}

/// The tables of what pools are made of. A test holds the list to the schema.
pub(super) const TABLES: &[TableOfPools] = tables_of_pools![
    "user_pools",
    "pool_signing_keys",
    "user_pool_clients",
    "client_directory",
    "users",
    "user_names",
    "user_search",
    "user_groups",
    "user_group_members",
    "verification_codes",
    "password_history",
    "pending_addresses",
    "challenge_sessions",
    "sign_in_attempts",
    "token_families",
    "browser_sessions",
    "authorization_codes",
    "device_authorizations",
    "federation_requests",
    "spent_assertions",
    "outbox_messages",
    "sender_events",
    "message_budgets",
    "pool_activity",
    "user_data_history",
    "user_pool_recoveries",
    "user_import_jobs",
    "user_import_pieces",
    "user_import_failures",
    "imported_passwords",
    "identity_providers",
    "identity_provider_identifiers",
    "user_identities",
    "user_pool_domains",
    "domain_directory",
    "ui_customizations",
    "managed_login_brandings",
    "managed_login_assets",
    "terms",
    "resource_servers",
    "user_devices",
    "device_sign_ins",
    "user_auth_events",
    "web_authn_credentials",
    "web_authn_registrations",
    "pool_risk_configurations",
    "client_risk_configurations",
    "pool_log_deliveries",
    "pool_log_records",
    "pool_log_streams",
    "pool_saml_certificates",
    "cimd_policies",
    "client_metadata_documents",
    "pool_replicas",
];

#[derive(sqlx::FromRow)]
struct PoolRow {
    pool_id: UserPoolId,
    account_id: AccountId,
    region: String,
    name: String,
    configuration: String,
    created_at: i64,
    modified_at: i64,
}

impl TryFrom<PoolRow> for Pool {
    type Error = StoreError;

    fn try_from(row: PoolRow) -> Result<Self, StoreError> {
        Ok(Self {
            configuration: doc::from_text::<Stored>("user_pools", "configuration", row.pool_id.as_str(), &row.configuration)?.into(),
            id: row.pool_id,
            account_id: row.account_id,
            region: row.region,
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

/// Inserts a new pool.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, pool: &Pool) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_pools (pool_id, account_id, region, name, configuration, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $6)";
    let configuration = doc::to_text("user_pools", "configuration", pool.id.as_str(), &pool.configuration)?;
    execute!(tx, SQL, [&pool.id, &pool.account_id, &pool.region, &pool.name, configuration, pool.created_at.millis()]).map(drop)
}

/// A pool by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Option<Pool>, StoreError> {
    const SQL: &str = "SELECT pool_id, account_id, region, name, configuration, created_at, modified_at \
                       FROM user_pools WHERE pool_id = $1";
    fetch!(tx, fetch_optional, PoolRow, SQL, [pool_id])?.map(Pool::try_from).transpose()
}

/// Whether a pool is still there. What writes into a pool asks in the same transaction: so none is left with the rows of
/// a pool that was deleted meanwhile (SERIALIZABLE and SQLite's one writer keep the two from passing each other by).
///
/// # Errors
/// [`StoreError`].
pub async fn exists(tx: &mut Conn, pool_id: &UserPoolId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT CAST(1 AS BIGINT) FROM user_pools WHERE pool_id = $1";
    Ok(scalar!(tx, fetch_optional, i64, SQL, [pool_id])?.is_some())
}

/// The pools that an account has in a region, those included that are replicated there, by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, account_id: &AccountId, region: &str, after: &str, limit: i64) -> Result<Vec<Pool>, StoreError> {
    const SQL: &str = "SELECT pool_id, account_id, region, name, configuration, created_at, modified_at FROM ( \
                           SELECT pool_id, account_id, region, name, configuration, created_at, modified_at FROM user_pools \
                           WHERE account_id = $1 AND region = $2 AND pool_id > $3 ORDER BY pool_id LIMIT $4) AS own_pools \
                       UNION ALL SELECT pool_id, account_id, region, name, configuration, created_at, modified_at FROM ( \
                           SELECT p.pool_id, p.account_id, p.region, p.name, p.configuration, p.created_at, p.modified_at \
                           FROM pool_replicas r JOIN user_pools p ON p.pool_id = r.pool_id \
                           WHERE r.region = $2 AND p.account_id = $1 AND r.pool_id > $3 ORDER BY r.pool_id LIMIT $4) AS replicated_pools \
                       ORDER BY pool_id LIMIT $4";
    fetch!(tx, fetch_all, PoolRow, SQL, [account_id, region, after, limit])?.into_iter().map(Pool::try_from).collect()
}

/// Replaces a pool's configuration.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, pool_id: &UserPoolId, configuration: &PoolConfiguration, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_pools SET configuration = $2, modified_at = $3 WHERE pool_id = $1";
    let configuration = doc::to_text("user_pools", "configuration", pool_id.as_str(), configuration)?;
    execute!(tx, SQL, [pool_id, configuration, now.millis()])?;
    tx.changed(Change::Pool(pool_id.to_owned()));
    Ok(())
}

/// Replaces a pool's name.
///
/// # Errors
/// [`StoreError`].
pub async fn rename(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_pools SET name = $2 WHERE pool_id = $1";
    execute!(tx, SQL, [pool_id, name])?;
    tx.changed(Change::Pool(pool_id.to_owned()));
    Ok(())
}

/// Deletes a pool and all that is in it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId) -> Result<(), StoreError> {
    const CLIENTS: &str = "SELECT client_id FROM client_directory WHERE pool_id = $1 ORDER BY client_id";
    for client_id in scalar!(tx, fetch_all, ClientId, CLIENTS, [pool_id])? {
        tx.changed(Change::AppClient(client_id));
    }
    for table in TABLES {
        execute!(tx, table.empty_of_pool, [pool_id])?;
    }
    tx.changed(Change::Pool(pool_id.to_owned()));
    tx.changed(Change::PoolKeys(pool_id.to_owned()));
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ClientRow {
    pool_id: UserPoolId,
    client_id: ClientId,
    name: String,
    configuration: String,
    sealed_secret: Option<Sealed<Secret>>,
    secret_created_at: Option<i64>,
    secret_is_withheld: i16,
    second_sealed_secret: Option<Sealed<Secret>>,
    second_secret_created_at: Option<i64>,
    is_registered: i16,
    is_registered_openly: i16,
    created_at: i64,
    modified_at: i64,
}

/// The columns of a client, as [`ClientRow`] has them, of the table that is called `c`.
macro_rules! client_columns {
    () => {
        "c.pool_id, c.client_id, c.name, c.configuration, c.sealed_secret, c.secret_created_at, c.secret_is_withheld, \
         c.second_sealed_secret, c.second_secret_created_at, c.is_registered, c.is_registered_openly, c.created_at, c.modified_at"
    };
}

impl TryFrom<ClientRow> for Client {
    type Error = StoreError;

    fn try_from(row: ClientRow) -> Result<Self, StoreError> {
        let configuration: ClientConfiguration =
            doc::from_text("user_pool_clients", "configuration", row.client_id.as_str(), &row.configuration)?;
        let made = |moment: Option<i64>| Timestamp::from_millis(moment.unwrap_or(row.created_at));
        let (older, younger) = (made(row.secret_created_at), made(row.second_secret_created_at));
        let is_withheld = row.secret_is_withheld != 0;
        let older = row.sealed_secret.map(|sealed| ClientSecret { sealed, created_at: older, is_withheld });
        let younger = row.second_sealed_secret.map(|sealed| ClientSecret { sealed, created_at: younger, is_withheld: true });
        Ok(Self {
            pool_id: row.pool_id,
            id: row.client_id,
            name: row.name,
            configuration,
            secrets: older.into_iter().chain(younger).collect(),
            registered: match (row.is_registered, row.is_registered_openly) {
                (0, _) => None,
                (_, 0) => Some(Registered::ByToken),
                _ => Some(Registered::Openly),
            },
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

/// Inserts a new client, and its entry in the directory.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_client(tx: &mut Conn, client: &Client) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_pool_clients (pool_id, client_id, name, configuration, sealed_secret, secret_created_at, \
                       secret_is_withheld, is_registered, is_registered_openly, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    const DIRECTORY: &str = "INSERT INTO client_directory (client_id, pool_id) VALUES ($1, $2)";
    let configuration = doc::to_text("user_pool_clients", "configuration", client.id.as_str(), &client.configuration)?;
    // A new client has one secret at most.
    let secret = client.secrets.first();
    let (sealed, made) = (secret.map(|secret| &secret.sealed), secret.map(|secret| secret.created_at.millis()));
    let is_withheld = i16::from(secret.is_some_and(|secret| secret.is_withheld));
    let registered = i16::from(client.registered.is_some());
    let openly = i16::from(client.registered == Some(Registered::Openly));
    let (pool_id, id, created_at) = (&client.pool_id, &client.id, client.created_at.millis());
    execute!(tx, SQL, [pool_id, id, &client.name, configuration, sealed, made, is_withheld, registered, openly, created_at])?;
    execute!(tx, DIRECTORY, [&client.id, &client.pool_id]).map(drop)
}

/// A client by its id alone, through the directory.
///
/// # Errors
/// [`StoreError`].
pub async fn find_client(tx: &mut Conn, client_id: &ClientId) -> Result<Option<Client>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        client_columns!(),
        " FROM client_directory d JOIN user_pool_clients c ON c.pool_id = d.pool_id AND c.client_id = d.client_id \
          WHERE d.client_id = $1"
    );
    fetch!(tx, fetch_optional, ClientRow, SQL, [client_id])?.map(Client::try_from).transpose()
}

/// A page of a pool's clients, by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_clients(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<Client>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        client_columns!(),
        " FROM user_pool_clients c WHERE c.pool_id = $1 AND c.client_id > $2 ORDER BY c.client_id LIMIT $3"
    );
    fetch!(tx, fetch_all, ClientRow, SQL, [pool_id, after, limit])?.into_iter().map(Client::try_from).collect()
}

/// The same, of one type alone.
///
/// # Errors
/// [`StoreError`].
pub async fn list_clients_of(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    kind: ClientType,
    after: &str,
    limit: i64,
) -> Result<Vec<Client>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        client_columns!(),
        " FROM user_pool_clients c WHERE c.pool_id = $1 AND c.is_registered = $2 AND c.client_id > $3 ORDER BY c.client_id LIMIT $4"
    );
    let rows = fetch!(tx, fetch_all, ClientRow, SQL, [pool_id, i16::from(kind == ClientType::Dcr), after, limit])?;
    rows.into_iter().map(Client::try_from).collect()
}

/// How many clients a pool has, up to a limit.
///
/// # Errors
/// [`StoreError`].
pub async fn count_clients(tx: &mut Conn, pool_id: &UserPoolId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM user_pool_clients WHERE pool_id = $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, limit])
}

/// How many clients a pool has that registered themselves without a token, up to a limit.
///
/// # Errors
/// [`StoreError`].
pub async fn count_openly_registered(tx: &mut Conn, pool_id: &UserPoolId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM user_pool_clients \
                       WHERE pool_id = $1 AND is_registered = 1 AND is_registered_openly = 1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, limit])
}

/// Replaces a client's name and configuration.
///
/// # Errors
/// [`StoreError`].
pub async fn update_client(tx: &mut Conn, client: &Client) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_pool_clients SET name = $3, configuration = $4, modified_at = $5 WHERE pool_id = $1 AND client_id = $2";
    let configuration = doc::to_text("user_pool_clients", "configuration", client.id.as_str(), &client.configuration)?;
    execute!(tx, SQL, [&client.pool_id, &client.id, &client.name, configuration, client.modified_at.millis()])?;
    tx.changed(Change::AppClient(client.id.clone()));
    Ok(())
}

/// Deletes a client and the sign-ins through it; `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_client(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId) -> Result<bool, StoreError> {
    const FAMILIES: &str = "DELETE FROM token_families WHERE pool_id = $1 AND client_id = $2";
    const CODES: &str = "DELETE FROM authorization_codes WHERE pool_id = $1 AND client_id = $2";
    const DEVICES: &str = "DELETE FROM device_authorizations WHERE pool_id = $1 AND client_id = $2";
    const REGISTRATIONS: &str = "DELETE FROM web_authn_registrations WHERE pool_id = $1 AND client_id = $2";
    const DIRECTORY: &str = "DELETE FROM client_directory WHERE pool_id = $1 AND client_id = $2";
    const SQL: &str = "DELETE FROM user_pool_clients WHERE pool_id = $1 AND client_id = $2";
    execute!(tx, FAMILIES, [pool_id, client_id])?;
    execute!(tx, CODES, [pool_id, client_id])?;
    execute!(tx, DEVICES, [pool_id, client_id])?;
    super::branding::forget_client(tx, pool_id, client_id).await?;
    super::terms::forget_client(tx, pool_id, client_id).await?;
    execute!(tx, REGISTRATIONS, [pool_id, client_id])?;
    execute!(tx, DIRECTORY, [pool_id, client_id])?;
    super::risk::set(tx, pool_id, Some(client_id), None, Timestamp::default()).await?;
    super::client_metadata::forget_client(tx, pool_id, client_id).await?;
    tx.changed(Change::AppClient(client_id.clone()));
    Ok(execute!(tx, SQL, [pool_id, client_id])? == 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TABLES;
    use crate::store::template;

    #[actix_web::test]
    async fn a_deleted_pool_leaves_no_table_out() {
        let deleted: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        assert_eq!(deleted, template::tables_with("pool_id").await);
    }
}
