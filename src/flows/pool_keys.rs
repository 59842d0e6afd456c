//! The keys of a pool: made, stored sealed, and loaded through the cache.

use crate::context::App;
use crate::crypto::argon2::Busy;
use crate::kit::id::UserPoolId;
use crate::store::user_pools::{self, StoredKey};
use crate::store::{Conn, StoreError};
use crate::tokens::keys::{KeyError, PoolKeys, SigningKey};
use std::sync::Arc;

const CURRENT: &str = "current";
const NEXT: &str = "next";

/// Two new keys: the one that signs, and the one that will, published ahead so that rotation needs no downtime.
///
/// # Errors
/// [`Busy`] when the hashing pool is full; inside, [`KeyError`].
pub async fn generate(app: &App) -> Result<Result<Vec<(SigningKey, &'static str)>, KeyError>, Busy> {
    let mut rng = app.rng();
    let kids = [(SigningKey::new_kid(&mut rng), CURRENT), (SigningKey::new_kid(&mut rng), NEXT)];
    app.hasher.run(move || kids.into_iter().map(|(kid, state)| Ok((SigningKey::generate(kid)?, state))).collect()).await
}

/// Stores new keys, sealed.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(app: &App, tx: &mut Conn, pool_id: &UserPoolId, keys: &[(SigningKey, &'static str)]) -> Result<(), StoreError> {
    for (key, state) in keys {
        let sealed_key = app
            .keys
            .at_rest
            .seal(&["pool_signing_keys", pool_id.as_str(), key.kid()], key.private(), &mut app.rng())
            .map_err(StoreError::from)?;
        let stored = StoredKey { kid: key.kid().to_owned(), sealed_key, state: (*state).to_owned() };
        user_pools::insert_key(tx, pool_id, &stored, app.now()).await?;
    }
    Ok(())
}

/// The keys of a pool; `None` where there is no such pool.
///
/// # Errors
/// [`StoreError`].
pub async fn load(app: &App, pool_id: &UserPoolId) -> Result<Option<Arc<PoolKeys>>, StoreError> {
    let load = async || {
        let stored = app.read(async |tx| user_pools::keys(tx, pool_id).await).await?;
        open(app, pool_id, stored)
    };
    app.caches.pool_keys.find(&pool_id.to_owned(), app.now(), load).await
}

fn open(app: &App, pool_id: &UserPoolId, stored: Vec<StoredKey>) -> Result<Option<PoolKeys>, StoreError> {
    let (mut current, mut public) = (None, Vec::new());
    for row in stored {
        let corrupt = || StoreError::corrupt("pool_signing_keys", "sealed_key", &row.kid);
        let private = app.keys.at_rest.open(&["pool_signing_keys", pool_id.as_str(), &row.kid], &row.sealed_key).map_err(|_| corrupt())?;
        let key = SigningKey::of(row.kid.clone(), private).map_err(|_| corrupt())?;
        public.push(key.public().clone());
        if row.state == CURRENT {
            current = Some(key);
        }
    }
    Ok(current.map(|current| PoolKeys { current, public }))
}
