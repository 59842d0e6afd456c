//! What the settings of an app client are held to, whichever operation gives them.

use super::errors::Error;
use crate::config::Mode;
use crate::store::{self, Conn, StoreError};
use crate::userpools::attributes::{NEVER_WRITTEN, full_schema};
use crate::userpools::client::{Client, ClientConfiguration};
use crate::userpools::identity_provider::OWN;
use crate::userpools::pool::Pool;
use crate::userpools::{registration, resource_server};

/// Holds a client's name to the model's pattern, but for those by which an id is chosen in `dev`.
pub fn check_name(mode: Mode, name: &str) -> Result<(), Error> {
    // The model's pattern has no colon.
    if mode == Mode::Dev || !name.contains(':') {
        return Ok(());
    }
    Err(Error::parameter(format!(
        "1 validation error detected: Value '{name}' at 'clientName' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [\\w\\s+=,.@-]+"
    )))
}

/// Holds the settings of a client to what its pool has now, in the transaction that keeps them.
pub async fn check_in(tx: &mut Conn, pool: &Pool, client: &Client) -> Result<(), Error> {
    let configuration = &client.configuration;
    configuration.check_settings(client.kind())?;
    for name in &configuration.supported_identity_providers {
        if !provider_exists(tx, pool, name).await? {
            return Err(Error::parameter(format!("The provider {name} does not exist for User Pool {}.", pool.id)));
        }
    }
    if configuration.allowed_oauth_scopes.is_empty() {
        return Ok(());
    }
    let servers = store::resource_servers::all(tx, &pool.id).await?;
    let registers = configuration.has_scope(registration::SCOPE) && may_hold_registration(tx, client).await?;
    Ok(configuration.check_scopes(|scope| resource_server::exists(&servers, scope) || registers && scope == registration::SCOPE)?)
}

/// Whether the client's pool has the scope by which clients are registered, as it has while they may be.
///
/// SECURITY: a client that registered itself never has it, so that none makes others.
async fn may_hold_registration(tx: &mut Conn, client: &Client) -> Result<bool, Error> {
    if client.registered.is_some() {
        let words = "An app client that was created through dynamic client registration can't hold the scope";
        return Err(Error::parameter(format!("{words} {}.", registration::SCOPE)));
    }
    let pool = store::user_pools::find(tx, &client.pool_id).await?;
    Ok(pool.is_some_and(|pool| pool.configuration.dcr().is_some()))
}

/// Whether users of the pool are vouched for by a provider of this name: the pool itself, or one of its own.
async fn provider_exists(tx: &mut Conn, pool: &Pool, name: &str) -> Result<bool, StoreError> {
    Ok(name == OWN || store::identity_providers::exists(tx, &pool.id, name).await?)
}

/// Holds the settings of a client to its pool's schema, and to what we honour.
pub fn check(pool: &Pool, configuration: &ClientConfiguration) -> Result<(), Error> {
    let schema = full_schema(&pool.configuration.schema);
    let is_there = |name: &String| schema.iter().any(|attribute| attribute.name == *name);
    if !configuration.read_attributes.iter().flatten().all(is_there) {
        return Err(Error::parameter("Invalid read attributes specified while creating a client"));
    }
    let is_writable = |name: &String| is_there(name) && !NEVER_WRITTEN.contains(&name.as_str());
    if !configuration.write_attributes.iter().flatten().all(is_writable) {
        return Err(Error::parameter("Invalid write attributes specified while creating a client"));
    }
    let flows = configuration.explicit_auth_flows.as_deref().unwrap_or_default();
    let legacy = flows.iter().filter(|flow| !flow.starts_with("ALLOW_")).count();
    if legacy > 0 && legacy < flows.len() {
        return Err(Error::parameter("Legacy and new ExplicitAuthFlows cannot be used together."));
    }
    if let Some(flow) = flows.iter().find(|flow| flow.as_str() == "CUSTOM_AUTH_FLOW_ONLY") {
        return Err(Error::parameter(format!("{flow} is not supported")));
    }
    let lifetimes = [configuration.access_token_lifetime(), configuration.id_token_lifetime(), configuration.refresh_token_lifetime()];
    lifetimes.into_iter().find_map(Result::err).map_or(Ok(()), |bad| Err(Error::parameter(bad.to_string())))
}
