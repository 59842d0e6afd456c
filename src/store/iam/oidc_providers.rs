//! OpenID Connect providers of accounts.

use crate::iam::oidc_provider::OidcProvider;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::{Conn, StoreError, doc};

const TABLE: &str = "iam_oidc_providers";

#[derive(sqlx::FromRow)]
struct ProviderRow {
    account_id: AccountId,
    provider_id: UniqueId,
    url: String,
    client_ids: String,
    thumbprints: String,
    tags: String,
    created_at: i64,
}

impl TryFrom<ProviderRow> for OidcProvider {
    type Error = StoreError;

    fn try_from(row: ProviderRow) -> Result<Self, StoreError> {
        Ok(Self {
            client_ids: doc::from_text(TABLE, "client_ids", &row.url, &row.client_ids)?,
            thumbprints: doc::from_text(TABLE, "thumbprints", &row.url, &row.thumbprints)?,
            tags: doc::from_text(TABLE, "tags", &row.url, &row.tags)?,
            account_id: row.account_id,
            id: row.provider_id,
            url: row.url,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Inserts a provider. One of the same name fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_oidc_provider(tx: &mut Conn, provider: &OidcProvider) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_oidc_providers (account_id, provider_name, provider_id, url, client_ids, thumbprints, tags, created_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let [client_ids, thumbprints, tags] = texts(provider)?;
    let OidcProvider { account_id, id, url, created_at, .. } = provider;
    execute!(tx, SQL, [account_id, provider.name(), id, url, client_ids, thumbprints, tags, created_at.millis()]).map(drop)
}

/// A provider by its name.
///
/// # Errors
/// [`StoreError`].
pub async fn find_oidc_provider(tx: &mut Conn, account_id: &AccountId, name: &str) -> Result<Option<OidcProvider>, StoreError> {
    const SQL: &str = "SELECT account_id, provider_id, url, client_ids, thumbprints, tags, created_at FROM iam_oidc_providers \
                       WHERE account_id = $1 AND provider_name = $2";
    fetch!(tx, fetch_optional, ProviderRow, SQL, [account_id, name])?.map(OidcProvider::try_from).transpose()
}

/// The providers of an account, the oldest first (a hundred at most, by quota).
///
/// # Errors
/// [`StoreError`].
pub async fn list_oidc_providers(tx: &mut Conn, account_id: &AccountId) -> Result<Vec<OidcProvider>, StoreError> {
    const SQL: &str = "SELECT account_id, provider_id, url, client_ids, thumbprints, tags, created_at FROM iam_oidc_providers \
                       WHERE account_id = $1 ORDER BY created_at, provider_id LIMIT 1000";
    fetch!(tx, fetch_all, ProviderRow, SQL, [account_id])?.into_iter().map(OidcProvider::try_from).collect()
}

/// How many providers an account has.
///
/// # Errors
/// [`StoreError`].
pub async fn count_oidc_providers(tx: &mut Conn, account_id: &AccountId) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM iam_oidc_providers WHERE account_id = $1";
    scalar!(tx, fetch_one, i64, SQL, [account_id])
}

/// Replaces what can be changed of a provider: clients, thumbprints, tags.
///
/// # Errors
/// [`StoreError`].
pub async fn update_oidc_provider(tx: &mut Conn, provider: &OidcProvider) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_oidc_providers SET client_ids = $3, thumbprints = $4, tags = $5 \
                       WHERE account_id = $1 AND provider_name = $2";
    let [client_ids, thumbprints, tags] = texts(provider)?;
    execute!(tx, SQL, [&provider.account_id, provider.name(), client_ids, thumbprints, tags]).map(drop)
}

/// Deletes a provider.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_oidc_provider(tx: &mut Conn, provider: &OidcProvider) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM iam_oidc_providers WHERE account_id = $1 AND provider_name = $2 AND provider_id = $3";
    execute!(tx, SQL, [&provider.account_id, provider.name(), &provider.id]).map(drop)
}

fn texts(provider: &OidcProvider) -> Result<[String; 3], StoreError> {
    Ok([
        doc::to_text(TABLE, "client_ids", &provider.url, &provider.client_ids)?,
        doc::to_text(TABLE, "thumbprints", &provider.url, &provider.thumbprints)?,
        doc::to_text(TABLE, "tags", &provider.url, &provider.tags)?,
    ])
}
