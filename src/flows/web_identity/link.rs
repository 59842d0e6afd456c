//! Which identity a login has, and who may give it one.

use super::{Login, LoginRefused, Vouched, identity_of, no_own_login};
use crate::context::App;
use crate::identitypools::developer::MOST_LOGINS;
use crate::identitypools::pool::IdentityPool;
use crate::kit::id::{IdentityId, IdentityPoolId};
use crate::store::Conn;
use crate::store::identity_pools::{self, Identity};

const ANOTHERS: &str = "Login already exists for another identity.";

/// The identity of these logins, or a new one; a guest's is always new.
///
/// # Errors
/// [`LoginRefused`].
pub async fn find_or_make(
    app: &App,
    tx: &mut Conn,
    pool: &IdentityPool,
    logins: &[Login],
    fresh: &IdentityId,
) -> Result<IdentityId, LoginRefused> {
    // Whoever deleted the pool meanwhile would leave this identity behind.
    if !identity_pools::exists(tx, &pool.id).await? {
        return Err(LoginRefused::NoSuchPool(pool.id.clone()));
    }
    let (owner, unowned) = owners(tx, &pool.id, logins).await?;
    let identity = Identity {
        identity_pool_id: pool.id.clone(),
        identity_id: owner.clone().unwrap_or_else(|| fresh.to_owned()),
        authenticated: i16::from(!logins.is_empty()),
    };
    if owner.is_none() {
        identity_pools::insert_identity(tx, &identity, app.now()).await?;
    }
    give(app, tx, &identity, &unowned).await?;
    Ok(identity.identity_id)
}

/// Gives an identity those of these logins that have none.
///
/// SECURITY: at least one login must be the identity's own. Only a guest's identity takes its first login from whoever
/// brings one, and a login that has an identity never gets another. What a developer vouched for once, and unlinked since, is no
/// login any more.
///
/// # Errors
/// [`LoginRefused`].
pub async fn link(app: &App, tx: &mut Conn, identity: &Identity, logins: &[Login]) -> Result<(), LoginRefused> {
    // Read again in the transaction that links: whoever linked a guest's identity in between is its owner.
    let identity = &identity_of(tx, &identity.identity_pool_id, &identity.identity_id).await?;
    let mut unowned = Vec::new();
    for login in logins {
        match identity_pools::login_owner(tx, &identity.identity_pool_id, &login.provider, &login.subject).await? {
            Some(owner) if owner == identity.identity_id => {}
            Some(_) => return Err(LoginRefused::Conflict(ANOTHERS)),
            None if matches!(login.vouched, Vouched::Developer { .. }) => {
                return Err(LoginRefused::because("Invalid login token. The developer user identifier is not linked to this identity."));
            }
            None => unowned.push(login),
        }
    }
    if unowned.len() == logins.len() && identity.authenticated != 0 {
        return Err(no_own_login());
    }
    give(app, tx, identity, &unowned).await
}

/// The identity of a developer's user, who may bring other logins: the one that is named, the one that a login has, or a new one.
///
/// The pool's owner asks: they may give any identity of theirs a login that has none.
///
/// # Errors
/// [`LoginRefused`].
pub async fn register(
    app: &App,
    tx: &mut Conn,
    pool: &IdentityPool,
    named: Option<&IdentityId>,
    logins: &[Login],
    fresh: &IdentityId,
) -> Result<IdentityId, LoginRefused> {
    let Some(named) = named else { return find_or_make(app, tx, pool, logins, fresh).await };
    let identity = identity_of(tx, &pool.id, named).await?;
    let mut unowned = Vec::new();
    for login in logins {
        match identity_pools::login_owner(tx, &pool.id, &login.provider, &login.subject).await? {
            Some(owner) if owner == identity.identity_id => {}
            Some(_) if matches!(login.vouched, Vouched::Developer { .. }) => return Err(LoginRefused::AlreadyRegistered),
            Some(_) => return Err(LoginRefused::Conflict(ANOTHERS)),
            None => unowned.push(login),
        }
    }
    give(app, tx, &identity, &unowned).await?;
    Ok(identity.identity_id)
}

/// The one identity that these logins have, and those that have none.
async fn owners<'a>(
    tx: &mut Conn,
    pool: &IdentityPoolId,
    logins: &'a [Login],
) -> Result<(Option<IdentityId>, Vec<&'a Login>), LoginRefused> {
    let mut owner: Option<IdentityId> = None;
    let mut unowned = Vec::new();
    for login in logins {
        match (identity_pools::login_owner(tx, pool, &login.provider, &login.subject).await?, &owner) {
            (None, _) => unowned.push(login),
            (Some(found), Some(other)) if found != *other => {
                return Err(LoginRefused::Conflict("Logins belong to different identities."));
            }
            (Some(found), _) => owner = Some(found),
        }
    }
    Ok((owner, unowned))
}

async fn give(app: &App, tx: &mut Conn, identity: &Identity, logins: &[&Login]) -> Result<(), LoginRefused> {
    if logins.is_empty() {
        return Ok(());
    }
    let held = identity_pools::logins_of(tx, &identity.identity_pool_id, &identity.identity_id).await?;
    if held.len() + logins.len() > MOST_LOGINS {
        return Err(LoginRefused::Conflict("The identity has as many logins as it can."));
    }
    for login in logins {
        identity_pools::insert_login(tx, identity, &login.provider, &login.subject, login.user_identifier()).await?;
    }
    Ok(identity_pools::set_authenticated(tx, identity, app.now()).await?)
}
