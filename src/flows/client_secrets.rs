//! The secrets of app clients: sealed, opened, added and taken away.

use super::clients::NoSuchClient;
use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::crypto::sealed::Sealed;
use crate::kit::id::{ClientId, UserPoolId};
use crate::kit::secret::Secret;
use crate::store::{self, Conn, StoreError};
use crate::userpools::client::Client;
use crate::userpools::client_secret::{self, ClientSecret, SecretsRefused};

/// Why a client's secrets stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum SecretChangeRefused {
    /// By the rules of secrets.
    #[error(transparent)]
    Rule(#[from] SecretsRefused),
    /// The client is gone.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(SecretChangeRefused);

/// Seals a secret for the client of this id: it opens in no other's row.
///
/// # Errors
/// [`StoreError::Sealing`].
pub fn seal(app: &App, (pool_id, client_id): (&UserPoolId, &ClientId), secret: &Secret) -> Result<Sealed<Secret>, StoreError> {
    Ok(app.keys.at_rest.seal(&place(pool_id, client_id), secret, &mut app.rng())?)
}

/// A client's secrets, the oldest first.
///
/// # Errors
/// When one does not open.
pub fn open_all(app: &App, client: &Client) -> Result<Vec<Secret>, Failed> {
    client.secrets.iter().map(|secret| open(app, client, secret)).collect()
}

/// One secret of a client.
///
/// # Errors
/// When it does not open.
pub fn open(app: &App, client: &Client, secret: &ClientSecret) -> Result<Secret, Failed> {
    app.keys.at_rest.open(&place(&client.pool_id, &client.id), &secret.sealed).map_err(Failed::because)
}

/// Adds a secret to the one that a client has.
///
/// # Errors
/// [`SecretChangeRefused`].
pub async fn add(app: &App, client: &Client, secret: &Secret) -> Result<ClientSecret, SecretChangeRefused> {
    let sealed = seal(app, (&client.pool_id, &client.id), secret)?;
    app.write(async |tx| {
        let client = now(tx, client).await?;
        // Source: API reference, UserPoolClientType, ClientType.
        if client.registered.is_some() {
            return Err(SecretsRefused::Registered.into());
        }
        client_secret::may_add(&client.secrets)?;
        let created_at = client_secret::moment_beside(&client.secrets, app.now());
        let added = ClientSecret { sealed: sealed.clone(), created_at, is_withheld: true };
        if store::client_secrets::add(tx, &client.pool_id, &client.id, &added).await? {
            Ok(added)
        } else {
            Err(SecretsRefused::Full.into())
        }
    })
    .await
}

/// Deletes one of the two secrets that a client has.
///
/// # Errors
/// [`SecretChangeRefused`].
pub async fn delete(app: &App, client: &Client, id: &str) -> Result<(), SecretChangeRefused> {
    app.write(async |tx| {
        let client = now(tx, client).await?;
        let found = client_secret::may_delete(&client.secrets, &client.id, id)?;
        let is_deleted = store::client_secrets::delete(tx, &client.pool_id, &client.id, found).await?;
        if is_deleted { Ok(()) } else { Err(SecretsRefused::Last.into()) }
    })
    .await
}

/// The client as it is in the transaction that acts.
async fn now(tx: &mut Conn, client: &Client) -> Result<Client, SecretChangeRefused> {
    let found = store::user_pools::find_client(tx, &client.id).await?;
    found.ok_or_else(|| SecretChangeRefused::NoSuchClient(NoSuchClient(client.id.clone())))
}

/// Where a client's secrets rest.
fn place<'a>(pool_id: &'a UserPoolId, client_id: &'a ClientId) -> [&'a str; 3] {
    ["user_pool_clients", pool_id.as_str(), client_id.as_str()]
}
