//! The client of a call, its pool, and its secret.

use std::sync::Arc;

use super::client_secrets;
use super::failed::Failed;
use super::triggers::Told;
use crate::context::{App, Context};
use crate::crypto::digest::secret_hash;
use crate::kit::id::{ClientId, UserPoolId};
use crate::kit::secret::{Secret, constant_time_equals};
use crate::store::{StoreError, replicas};
use crate::userpools::client::Client;
use crate::userpools::pool::{Pool, PoolConfiguration};
use crate::userpools::replica::ReplicaStatus;

/// A client and its pool.
#[derive(Clone)]
pub struct AppClient {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The client.
    pub client: Arc<Client>,
    /// What the call tells the pool's functions.
    pub told: Told,
}

/// No app client of this id.
#[derive(Debug, thiserror::Error)]
#[error("no app client {0}")]
pub struct NoSuchClient(pub ClientId);

/// No user pool of this id.
#[derive(Debug, thiserror::Error)]
#[error("no user pool {0}")]
pub struct NoSuchPool(pub UserPoolId);

/// Why a caller is not believed to know a client's secret. Each names the client.
#[derive(Debug, thiserror::Error)]
pub enum SecretRefused {
    /// There is a hash, and the client has no secret.
    #[error("the client {0} has no secret")]
    Unexpected(ClientId),
    /// There is no hash, and the client has a secret.
    #[error("no proof of the secret of the client {0}")]
    Absent(ClientId),
    /// The hash is another one.
    #[error("a wrong proof of the secret of the client {0}")]
    Wrong(ClientId),
    /// There is a secret, and the client has none.
    #[error("the client {0} has no secret")]
    UnexpectedSecret(ClientId),
    /// There is no secret, and the client has one.
    #[error("no secret of the client {0}")]
    AbsentSecret(ClientId),
    /// The secret is another one.
    #[error("a wrong secret of the client {0}")]
    WrongSecret(ClientId),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// A client by its id alone: what unauthenticated operations name.
///
/// # Errors
/// [`StoreError`].
pub async fn find(app: &App, client_id: &ClientId) -> Result<Option<AppClient>, StoreError> {
    let Some(client) = app.client(client_id).await? else { return Ok(None) };
    Ok(app.pool(&client.pool_id).await?.map(|pool| AppClient { pool, client, told: Told::default() }))
}

/// A client of one pool.
///
/// # Errors
/// [`StoreError`].
pub async fn find_in(app: &App, pool: &Pool, client_id: &ClientId) -> Result<Option<AppClient>, StoreError> {
    Ok(find(app, client_id).await?.filter(|found| found.pool.id == pool.id))
}

/// A pool of the caller's account, in the region of the call; another account's or region's is not there.
///
/// # Errors
/// [`StoreError`].
pub async fn own_pool(cx: &Context, pool_id: &UserPoolId) -> Result<Option<Arc<Pool>>, StoreError> {
    Ok(cx.pool(pool_id).await?.filter(|pool| pool.account_id == cx.account_id && pool.region == cx.region))
}

/// A pool as a region serves it that is not its own.
pub struct Replicated {
    /// The pool, its region and its tags those of the replica.
    pub pool: Arc<Pool>,
    /// Whether the replica serves users.
    pub status: ReplicaStatus,
}

/// A pool of the caller's account, as the region of the call serves it that is not the pool's own; `None` where it does not.
///
/// # Errors
/// [`StoreError`].
pub async fn own_replica(cx: &Context, pool_id: &UserPoolId) -> Result<Option<Replicated>, StoreError> {
    let pool = cx.pool(pool_id).await?.filter(|pool| pool.account_id == cx.account_id && pool.region != cx.region);
    let Some(pool) = pool else { return Ok(None) };
    let Some(replica) = cx.read(async |tx| replicas::find(tx, pool_id, &cx.region).await).await? else { return Ok(None) };
    // A replica's tags are its own: where they say nothing of passwords, the pool's do.
    let password_defaults = pool.configuration.password_rules();
    let configuration = PoolConfiguration { user_pool_tags: replica.tags, password_defaults, ..pool.configuration.clone() };
    let pool = Pool { region: replica.region, configuration, ..Pool::clone(&pool) };
    Ok(Some(Replicated { pool: Arc::new(pool), status: replica.status }))
}

impl AppClient {
    /// The same, in a call that tells the pool's functions this.
    #[must_use]
    pub fn telling(self, told: Told) -> Self {
        Self { told, ..self }
    }

    /// What those are told who know the client only, once it is gone with its pool.
    #[must_use]
    pub fn gone(&self) -> NoSuchClient {
        NoSuchClient(self.client.id.clone())
    }

    /// Checks SECRET_HASH, which a client with a secret must bring for one of the user's names.
    ///
    /// # Errors
    /// [`SecretRefused`].
    pub fn check_secret_hash(&self, app: &App, names: &[&str], given: Option<&str>) -> Result<(), SecretRefused> {
        let id = &self.client.id;
        match (self.client.secrets.is_empty(), given) {
            (true, None) => Ok(()),
            (true, Some(_)) => Err(SecretRefused::Unexpected(id.clone())),
            (false, None) => Err(SecretRefused::Absent(id.clone())),
            (false, Some(given)) => {
                let secrets = client_secrets::open_all(app, &self.client)?;
                let fits =
                    |secret: &Secret, name: &str| constant_time_equals(secret_hash(secret, name, id.as_str()).as_bytes(), given.as_bytes());
                let is_proven = secrets.iter().any(|secret| names.iter().any(|name| fits(secret, name)));
                is_proven.then_some(()).ok_or_else(|| SecretRefused::Wrong(id.clone()))
            }
        }
    }

    /// Checks the client's secret itself, which a client that has one must bring.
    ///
    /// # Errors
    /// [`SecretRefused`].
    pub fn check_secret(&self, app: &App, given: Option<&Secret>) -> Result<(), SecretRefused> {
        let id = &self.client.id;
        match (self.client.secrets.is_empty(), given) {
            (true, None) => Ok(()),
            (true, Some(_)) => Err(SecretRefused::UnexpectedSecret(id.clone())),
            (false, None) => Err(SecretRefused::AbsentSecret(id.clone())),
            (false, Some(given)) => {
                let secrets = client_secrets::open_all(app, &self.client)?;
                let is_known = secrets.iter().any(|secret| secret.equals(given.expose_secret()));
                is_known.then_some(()).ok_or_else(|| SecretRefused::WrongSecret(id.clone()))
            }
        }
    }
}
