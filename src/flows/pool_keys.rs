//! The keys of a pool: made, stored sealed, loaded through the cache, and given their turns.

use std::sync::Arc;
use std::time::Duration;

use crate::context::App;
use crate::crypto::argon2::Busy;
use crate::kit::id::UserPoolId;
use crate::store::signing_keys::{self, StoredKey};
use crate::store::{Conn, StoreError};
use crate::tokens::keys::{KeyError, PoolKeys, SigningKey};
use crate::tokens::verify::RawJwt;
use crate::userpools::pool::Pool;
use crate::userpools::signing_keys::{KeyState, Standing, Turn, turn};

/// What a pool begins with: the key that signs, and the one that will, published ahead so that rotation needs no downtime.
pub const FIRST: &[KeyState] = &[KeyState::Current, KeyState::Next];

/// What rotation needs.
pub const FOLLOWING: &[KeyState] = &[KeyState::Next];

/// A key that is not stored yet.
pub struct NewKey {
    key: SigningKey,
    state: KeyState,
}

/// New keys, one a state.
///
/// # Errors
/// [`Busy`] when the hashing pool is full; inside, [`KeyError`].
pub async fn generate(app: &App, states: &[KeyState]) -> Result<Result<Vec<NewKey>, KeyError>, Busy> {
    let mut rng = app.rng();
    let named: Vec<_> = states.iter().map(|state| (SigningKey::new_kid(&mut rng), *state)).collect();
    let pairs = Arc::clone(&app.key_pairs);
    app.hasher.run(move || named.into_iter().map(|(kid, state)| Ok(NewKey { key: pairs.new_pair(kid)?, state })).collect()).await
}

/// Stores new keys, sealed.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(app: &App, tx: &mut Conn, pool_id: &UserPoolId, keys: &[NewKey]) -> Result<(), StoreError> {
    for NewKey { key, state } in keys {
        let sealed_key = app.keys.at_rest.seal(&["pool_signing_keys", pool_id.as_str(), key.kid()], key.private(), &mut app.rng())?;
        let standing = Standing { kid: key.kid().to_owned(), state: *state, since: app.now() };
        signing_keys::insert(tx, pool_id, &StoredKey { standing, sealed_key }).await?;
    }
    Ok(())
}

/// The keys of a pool; `None` where there is no such pool.
///
/// # Errors
/// [`StoreError`].
pub async fn load(app: &App, pool_id: &UserPoolId) -> Result<Option<Arc<PoolKeys>>, StoreError> {
    let load = async || {
        let stored = app.read(async |tx| signing_keys::of_pool(tx, pool_id).await).await?;
        open(app, pool_id, stored)
    };
    app.caches.pool_keys.find(pool_id, app.now(), load).await
}

/// The pool that a token claims to come from, and its keys; `None` where it is none of ours, which costs no look at keys.
///
/// # Errors
/// [`StoreError`].
pub async fn claimed(app: &App, token: &RawJwt<'_>) -> Result<Option<(Arc<Pool>, Arc<PoolKeys>)>, StoreError> {
    let pool_id: UserPoolId = token.claimed_issuer().rsplit('/').next().unwrap_or_default().into();
    let Some(pool) = app.pool(&pool_id).await? else { return Ok(None) };
    Ok(load(app, &pool_id).await?.map(|keys| (pool, keys)))
}

/// What is to be done by now about a pool's keys, of which none may sign for longer than `longest`. A deleted pool has none.
///
/// # Errors
/// [`StoreError`].
pub async fn turn_of(app: &App, tx: &mut Conn, pool_id: &UserPoolId, longest: Duration) -> Result<Turn, StoreError> {
    let keys: Vec<Standing> = signing_keys::of_pool(tx, pool_id).await?.into_iter().map(|stored| stored.standing).collect();
    Ok(turn(&keys, longest, app.now()))
}

/// Gives a pool's keys their turns, if by now one has signed for `longest`. `following` is what [`FOLLOWING`] made; it is
/// dropped where it is not needed. Answers what was done.
///
/// # Errors
/// [`StoreError`].
pub async fn rotate(app: &App, tx: &mut Conn, pool_id: &UserPoolId, longest: Duration, following: &[NewKey]) -> Result<Turn, StoreError> {
    // Read in the transaction that acts: of two nodes at once, one finds the other's new key.
    let turn = turn_of(app, tx, pool_id, longest).await?;
    match &turn {
        Turn::NotYet => return Ok(turn),
        Turn::Publish => {}
        Turn::Take { retiring, rising } => {
            signing_keys::set_state(tx, pool_id, retiring, KeyState::Previous, app.now()).await?;
            signing_keys::set_state(tx, pool_id, rising, KeyState::Current, app.now()).await?;
        }
    }
    insert(app, tx, pool_id, following).await?;
    Ok(turn)
}

fn open(app: &App, pool_id: &UserPoolId, mut stored: Vec<StoredKey>) -> Result<Option<PoolKeys>, StoreError> {
    stored.sort_by_key(|row| row.standing.state);
    let (mut current, mut public) = (None, Vec::new());
    for StoredKey { standing: Standing { kid, state, .. }, sealed_key } in stored {
        let corrupt = || StoreError::corrupt("pool_signing_keys", "sealed_key", &kid);
        let private = app.keys.at_rest.open(&["pool_signing_keys", pool_id.as_str(), &kid], &sealed_key).map_err(|_| corrupt())?;
        let key = SigningKey::of(kid.clone(), private).map_err(|_| corrupt())?;
        public.push(key.public().clone());
        if state == KeyState::Current {
            current = Some(key);
        }
    }
    Ok(current.map(|current| PoolKeys { current, public }))
}
