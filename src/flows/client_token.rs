//! The token of an app client itself: client credentials (RFC 6749 §4.4), by the API and by the token endpoint.

use std::time::Duration;

use super::clients::{AppClient, NoSuchClient};
use super::failed::{Failed, fails_with_the_store};
use super::triggers::{self, TriggerRefused};
use crate::context::App;
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::store;
use crate::tokens::claims::{ACCESS, MachineClaims};
use crate::userpools::oauth_settings::CLIENT_TOKEN;
use crate::userpools::registration;
use crate::userpools::resource_server::is_custom;

/// A token, and how long it lives.
pub struct ClientToken {
    /// The access token.
    pub access_token: String,
    /// Its lifetime.
    pub lifetime: Duration,
}

/// Why a client gets no token.
#[derive(Debug, thiserror::Error)]
pub enum ClientTokenRefused {
    /// The client is not set to the flow.
    #[error("the client does not take the flow")]
    Disabled,
    /// A scope that is none of a resource server, or none of the client's.
    #[error("the client has no scope {0}")]
    Scope(String),
    /// The client has no scope of a resource server at all.
    #[error("the client has no scopes")]
    NoScopes,
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// A function of the pool does not let it be signed.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ClientTokenRefused);

/// Gives a client, whose secret is proven, an access token of its own with these of its scopes; with all of them, where none is
/// asked for in particular.
///
/// # Errors
/// [`ClientTokenRefused`].
pub async fn get(app: &App, app_client: &AppClient, asked: &[String]) -> Result<ClientToken, ClientTokenRefused> {
    if !app_client.client.configuration.allows(CLIENT_TOKEN) {
        return Err(ClientTokenRefused::Disabled);
    }
    grant(app, app_client, asked, None).await
}

/// The same, at the token endpoint: for a resource, where one is named.
///
/// # Errors
/// [`ClientTokenRefused`].
pub async fn by_credentials(
    app: &App,
    app_client: &AppClient,
    asked: &[String],
    resource: Option<String>,
) -> Result<ClientToken, ClientTokenRefused> {
    if !app_client.client.configuration.takes_oauth_flow("client_credentials") {
        return Err(ClientTokenRefused::Disabled);
    }
    grant(app, app_client, asked, resource).await
}

async fn grant(app: &App, app_client: &AppClient, asked: &[String], resource: Option<String>) -> Result<ClientToken, ClientTokenRefused> {
    let AppClient { pool, client, .. } = app_client;
    let configuration = &client.configuration;
    if client.secrets.is_empty() {
        return Err(ClientTokenRefused::Disabled);
    }
    // A scope goes with its resource server, whatever the client still lists.
    let servers = app.read(async |tx| store::resource_servers::all(tx, &pool.id).await).await?;
    let registers = pool.configuration.dcr().is_some() && client.registered.is_none();
    let exists = |scope: &str| is_custom(&servers, scope) || registers && scope == registration::SCOPE;
    let is_granted = |scope: &String| exists(scope) && configuration.has_scope(scope);
    if let Some(scope) = asked.iter().find(|scope| !is_granted(scope)) {
        return Err(ClientTokenRefused::Scope(scope.clone()));
    }
    let asked = if asked.is_empty() { &configuration.allowed_oauth_scopes } else { asked };
    let mut scopes: Vec<&str> = Vec::new();
    for scope in asked.iter().filter(|scope| is_granted(scope)) {
        if !scopes.contains(&scope.as_str()) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        return Err(ClientTokenRefused::NoScopes);
    }
    let keys = pool_keys::load(app, &pool.id).await?.ok_or_else(|| ClientTokenRefused::NoSuchClient(app_client.gone()))?;
    let lifetime = configuration.access_token_lifetime().map_err(Failed::because)?;
    let scope = scopes.join(" ");
    let overrides = triggers::tokens::change_machines(app, app_client, client.id.as_str(), &scope).await?;
    let now = app.now();
    let claims = MachineClaims {
        sub: client.id.clone(),
        token_use: ACCESS.to_owned(),
        scope,
        auth_time: now.seconds(),
        iss: app.issuer(&pool.id),
        exp: now.plus(lifetime).seconds(),
        iat: now.seconds(),
        version: 2,
        jti: ids::uuid(&mut app.rng()),
        client_id: client.id.clone(),
        aud: resource,
    };
    let access_token = match overrides {
        None => keys.current.sign(&claims),
        Some(overrides) => keys.current.sign(&overrides.of_access(triggers::tokens::members(&claims)?)),
    };
    Ok(ClientToken { access_token: access_token.map_err(Failed::because)?, lifetime })
}
