//! The client of a call, its pool, and its secret.

use std::sync::Arc;

use super::refused::Refused;
use crate::context::{App, Context};
use crate::crypto::digest::secret_hash;
use crate::kit::id::{ClientId, UserPoolId};
use crate::kit::secret::{Secret, constant_time_equals};
use crate::userpools::client::Client;
use crate::userpools::pool::Pool;

/// A client and its pool.
#[derive(Clone)]
pub struct ClientOfPool {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The client.
    pub client: Arc<Client>,
}

/// A client by its id alone: what unauthenticated operations name.
///
/// # Errors
/// [`Refused::NoSuchClient`].
pub async fn find(app: &App, client_id: &ClientId) -> Result<ClientOfPool, Refused> {
    let missing = || Refused::NoSuchClient(client_id.to_string());
    let client = app.client(client_id).await?.ok_or_else(missing)?;
    let pool = app.pool(&client.pool_id).await?.ok_or_else(missing)?;
    Ok(ClientOfPool { pool, client })
}

/// A client of one pool.
///
/// # Errors
/// [`Refused::NoSuchClient`].
pub async fn find_in(app: &App, pool: &Pool, client_id: &ClientId) -> Result<ClientOfPool, Refused> {
    let found = find(app, client_id).await?;
    if found.pool.id == pool.id { Ok(found) } else { Err(Refused::NoSuchClient(client_id.to_string())) }
}

/// A pool of the caller's account, in the region of the call; another account's or region's is not there.
///
/// # Errors
/// [`Refused::NoSuchPool`].
pub async fn own_pool(cx: &Context, pool_id: &UserPoolId) -> Result<Arc<Pool>, Refused> {
    let pool = cx.pool(pool_id).await?.filter(|pool| pool.account_id == cx.account_id && pool.region == cx.region);
    pool.ok_or_else(|| Refused::NoSuchPool(pool_id.to_string()))
}

impl ClientOfPool {
    /// Checks SECRET_HASH, which a client with a secret must bring for one of the user's names.
    ///
    /// # Errors
    /// [`Refused::NotAuthorized`].
    pub fn check_secret_hash(&self, app: &App, names: &[&str], given: Option<&str>) -> Result<(), Refused> {
        let id = &self.client.id;
        match (self.secret(app)?, given) {
            (None, None) => Ok(()),
            (None, Some(_)) => {
                Err(Refused::NotAuthorized(format!("Client {id} is not configured with secret but SECRET_HASH was received")))
            }
            (Some(_), None) => {
                Err(Refused::NotAuthorized(format!("Client {id} is configured with secret but SECRET_HASH was not received")))
            }
            (Some(secret), Some(given)) => {
                let fits = |name: &&str| constant_time_equals(secret_hash(&secret, name, id.as_str()).as_bytes(), given.as_bytes());
                let unfit = || Refused::NotAuthorized(format!("Unable to verify secret hash for client {id}"));
                names.iter().any(fits).then_some(()).ok_or_else(unfit)
            }
        }
    }

    /// The client's secret.
    ///
    /// # Errors
    /// [`Refused::Internal`] when it does not open.
    pub fn secret(&self, app: &App) -> Result<Option<Secret>, Refused> {
        let place = ["user_pool_clients", self.client.pool_id.as_str(), self.client.id.as_str()];
        let open = |sealed| app.keys.at_rest.open(&place, sealed).map_err(|error| Refused::Internal(Box::new(error)));
        self.client.sealed_secret.as_ref().map(open).transpose()
    }
}
