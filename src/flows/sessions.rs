//! Sessions of users, in pools that track them: begun with a sign-in, used with each refresh, ended one by one.

use super::access::Holder;
use super::failed::{Failed, fails_with_the_store};
use super::whence::Whence;
use crate::context::App;
use crate::crypto::ids;
use crate::kit::id::UserId;
use crate::store::tokens::{self, TokenFamily};
use crate::store::{Conn, StoreError, sessions, user_pools, users};
use crate::userpools::pool::Pool;
use crate::userpools::session::UserSession;

/// Why a session is not told of, or does not end.
#[derive(Debug, thiserror::Error)]
pub enum SessionsRefused {
    /// The pool does not track sessions.
    #[error("the pool does not track sessions")]
    NotTracked,
    /// No session of the user that goes on has this id.
    #[error("no such session")]
    NoSuchSession,
    /// It is the session of the very call.
    #[error("the session is the caller's own")]
    Current,
    /// The sign-in is over meanwhile.
    #[error("the access token was revoked")]
    Revoked,
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(SessionsRefused);

/// Makes a sign-in that is recorded in this transaction a session. Sessions beyond what a user may have end: those that were not
/// used for longest.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(app: &App, tx: &mut Conn, pool: &Pool, family: &TokenFamily, whence: Whence<'_>) -> Result<(), StoreError> {
    let configuration = pool.configuration.session_configuration;
    if !configuration.tracks() {
        return Ok(());
    }
    let now = app.now();
    let others = usize::try_from(configuration.token_session.max_per_user.saturating_sub(1)).unwrap_or(0);
    for session in sessions::active(tx, &pool.id, &family.user_id, now).await?.into_iter().skip(others) {
        tokens::revoke_family(tx, &pool.id, &session.origin_jti, now).await?;
    }
    let session = UserSession {
        id: ids::token_session_id(&mut app.rng()),
        origin_jti: family.origin_jti.clone(),
        client_id: family.client_id.clone(),
        created_at: now,
        last_active_at: now,
        last_ip_address: whence.ip_address(),
        device_type: Some(whence.device_type()),
    };
    sessions::begin(tx, &pool.id, &session).await
}

/// Notes that a sign-in was refreshed.
///
/// # Errors
/// [`StoreError`].
pub async fn used(app: &App, pool: &Pool, family: &TokenFamily, whence: Whence<'_>) -> Result<(), StoreError> {
    if !pool.configuration.session_configuration.tracks() {
        return Ok(());
    }
    let (ip_address, device_type, now) = (whence.ip_address(), whence.device_type(), app.now());
    app.write(async |tx| sessions::used(tx, &pool.id, &family.origin_jti, ip_address.as_deref(), &device_type, now).await).await
}

/// A user's sessions that go on, the last used first.
///
/// # Errors
/// [`SessionsRefused::NotTracked`].
pub async fn list(app: &App, pool: &Pool, user_id: &UserId) -> Result<Vec<UserSession>, SessionsRefused> {
    if !pool.configuration.session_configuration.tracks() {
        return Err(SessionsRefused::NotTracked);
    }
    Ok(app.read(async |tx| sessions::active(tx, &pool.id, user_id, app.now()).await).await?)
}

/// Ends a session of a signed-in user, but not the one that the call comes from: every token of it, at once.
///
/// # Errors
/// [`SessionsRefused`].
pub async fn revoke_own(app: &App, holder: &Holder, session_id: &str) -> Result<(), SessionsRefused> {
    app.write(async |tx| {
        let user = users::find_by_family(tx, &holder.pool.id, &holder.user.id, &holder.claims.origin_jti).await?;
        let user = user.filter(|user| user.enabled).ok_or(SessionsRefused::Revoked)?;
        revoke(app, tx, &holder.pool, &user.id, session_id, Some(&holder.claims.origin_jti)).await
    })
    .await
}

/// Ends a session of any user.
///
/// # Errors
/// [`SessionsRefused`].
pub async fn revoke_for(app: &App, pool: &Pool, username: &str, session_id: &str) -> Result<(), SessionsRefused> {
    app.write(async |tx| {
        let user = users::find(tx, pool, username).await?.ok_or(SessionsRefused::NoSuchUser)?;
        revoke(app, tx, pool, &user.id, session_id, None).await
    })
    .await
}

async fn revoke(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user_id: &UserId,
    session_id: &str,
    current: Option<&str>,
) -> Result<(), SessionsRefused> {
    let tracks = user_pools::find(tx, &pool.id).await?.is_some_and(|pool| pool.configuration.session_configuration.tracks());
    if !tracks {
        return Err(SessionsRefused::NotTracked);
    }
    let session = sessions::find(tx, &pool.id, user_id, session_id, app.now()).await?.ok_or(SessionsRefused::NoSuchSession)?;
    if current == Some(session.origin_jti.as_str()) {
        return Err(SessionsRefused::Current);
    }
    Ok(tokens::revoke_family(tx, &pool.id, &session.origin_jti, app.now()).await?)
}
