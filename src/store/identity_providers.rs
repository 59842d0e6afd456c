//! The identity providers of a pool, and their other names.

use super::{Conn, StoreError, doc, federation_requests};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::identity_provider::{Configuration, IdentityProvider, MOST_IN_A_POOL, ProviderSecrets, ProviderType};

#[derive(sqlx::FromRow)]
struct ProviderRow {
    pool_id: UserPoolId,
    provider_name: String,
    provider_type: String,
    configuration: String,
    sealed_secrets: Option<Sealed<ProviderSecrets>>,
    created_at: i64,
    modified_at: i64,
}

impl ProviderRow {
    fn with(self, identifiers: Vec<String>) -> Result<IdentityProvider, StoreError> {
        let corrupt = |column| StoreError::corrupt("identity_providers", column, &self.provider_name);
        let kind = ProviderType::parse(&self.provider_type).ok_or_else(|| corrupt("provider_type"))?;
        let configuration: Configuration = doc::from_text("identity_providers", "configuration", &self.provider_name, &self.configuration)?;
        Ok(IdentityProvider {
            pool_id: self.pool_id,
            name: self.provider_name,
            kind,
            configuration,
            sealed_secrets: self.sealed_secrets,
            identifiers,
            created_at: Timestamp::from_millis(self.created_at),
            modified_at: Timestamp::from_millis(self.modified_at),
        })
    }
}

/// Inserts a new provider, without its identifiers; `false` if there is one of that name.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, provider: &IdentityProvider) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO identity_providers (pool_id, provider_name, provider_type, configuration, sealed_secrets, created_at, \
                       modified_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (pool_id, provider_name) DO NOTHING";
    let configuration = doc::to_text("identity_providers", "configuration", &provider.name, &provider.configuration)?;
    let (kind, secrets) = (provider.kind.as_str(), &provider.sealed_secrets);
    let created = provider.created_at.millis();
    Ok(execute!(tx, SQL, [&provider.pool_id, &provider.name, kind, configuration, secrets, created])? == 1)
}

/// A provider by its name.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<Option<IdentityProvider>, StoreError> {
    const SQL: &str = "SELECT pool_id, provider_name, provider_type, configuration, sealed_secrets, created_at, modified_at \
                       FROM identity_providers WHERE pool_id = $1 AND provider_name = $2";
    const IDENTIFIERS: &str = "SELECT identifier FROM identity_provider_identifiers WHERE pool_id = $1 AND provider_name = $2 \
                               ORDER BY identifier LIMIT 50";
    let Some(row) = fetch!(tx, fetch_optional, ProviderRow, SQL, [pool_id, name])? else { return Ok(None) };
    let identifiers = scalar!(tx, fetch_all, String, IDENTIFIERS, [pool_id, name])?;
    row.with(identifiers).map(Some)
}

/// Whether there is a provider of that name.
///
/// # Errors
/// [`StoreError`].
pub async fn exists(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT CAST(1 AS BIGINT) FROM identity_providers WHERE pool_id = $1 AND provider_name = $2";
    Ok(scalar!(tx, fetch_optional, i64, SQL, [pool_id, name])?.is_some())
}

/// The name of the provider that has an identifier.
///
/// # Errors
/// [`StoreError`].
pub async fn name_of(tx: &mut Conn, pool_id: &UserPoolId, identifier: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT provider_name FROM identity_provider_identifiers WHERE pool_id = $1 AND identifier = $2";
    scalar!(tx, fetch_optional, String, SQL, [pool_id, identifier])
}

/// Replaces what a provider is, but for its name, its type and its identifiers.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, provider: &IdentityProvider) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE identity_providers SET configuration = $3, sealed_secrets = $4, modified_at = $5 \
                       WHERE pool_id = $1 AND provider_name = $2";
    let configuration = doc::to_text("identity_providers", "configuration", &provider.name, &provider.configuration)?;
    let modified = provider.modified_at.millis();
    // What is believed of a provider from now on, holds for whoever is on the way.
    federation_requests::delete_all(tx, &provider.pool_id, &provider.name).await?;
    execute!(tx, SQL, [&provider.pool_id, &provider.name, configuration, &provider.sealed_secrets, modified]).map(drop)
}

/// Gives a provider its identifiers, in place of those before; one that another provider has, if there is one: then the
/// transaction is to be given up.
///
/// # Errors
/// [`StoreError`].
pub async fn set_identifiers(tx: &mut Conn, provider: &IdentityProvider) -> Result<Option<String>, StoreError> {
    const FORGET: &str = "DELETE FROM identity_provider_identifiers WHERE pool_id = $1 AND provider_name = $2";
    const SQL: &str = "INSERT INTO identity_provider_identifiers (pool_id, identifier, provider_name) VALUES ($1, $2, $3) \
                       ON CONFLICT (pool_id, identifier) DO NOTHING";
    execute!(tx, FORGET, [&provider.pool_id, &provider.name])?;
    for identifier in &provider.identifiers {
        if execute!(tx, SQL, [&provider.pool_id, identifier, &provider.name])? == 0 {
            return Ok(Some(identifier.clone()));
        }
    }
    Ok(None)
}

/// Deletes a provider; `false` if there was none. Whom it knows stay what they are.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<bool, StoreError> {
    const IDENTIFIERS: &str = "DELETE FROM identity_provider_identifiers WHERE pool_id = $1 AND provider_name = $2";
    const SQL: &str = "DELETE FROM identity_providers WHERE pool_id = $1 AND provider_name = $2";
    execute!(tx, IDENTIFIERS, [pool_id, name])?;
    federation_requests::delete_all(tx, pool_id, name).await?;
    Ok(execute!(tx, SQL, [pool_id, name])? == 1)
}

/// A page of a pool's providers, by name, after `after`; their identifiers are not read.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Conn, pool_id: &UserPoolId, after: &str, limit: i64) -> Result<Vec<IdentityProvider>, StoreError> {
    const SQL: &str = "SELECT pool_id, provider_name, provider_type, configuration, sealed_secrets, created_at, modified_at \
                       FROM identity_providers WHERE pool_id = $1 AND provider_name > $2 ORDER BY provider_name LIMIT $3";
    fetch!(tx, fetch_all, ProviderRow, SQL, [pool_id, after, limit])?.into_iter().map(|row| row.with(Vec::new())).collect()
}

/// The names and types of all providers of a pool, by name: they are few.
///
/// # Errors
/// [`StoreError`].
pub async fn kinds(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<(String, ProviderType)>, StoreError> {
    const SQL: &str = "SELECT provider_name, provider_type FROM identity_providers WHERE pool_id = $1 ORDER BY provider_name LIMIT $2";
    let rows = fetch!(tx, fetch_all, (String, String), SQL, [pool_id, MOST_IN_A_POOL])?;
    let typed = |(name, kind): (String, String)| match ProviderType::parse(&kind) {
        Some(kind) => Ok((name, kind)),
        None => Err(StoreError::corrupt("identity_providers", "provider_type", &name)),
    };
    rows.into_iter().map(typed).collect()
}

/// How many providers a pool has, counted no further than `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut Conn, pool_id: &UserPoolId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM identity_providers WHERE pool_id = $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [pool_id, limit])
}
