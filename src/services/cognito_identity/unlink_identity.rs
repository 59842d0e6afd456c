//! UnlinkIdentity: whoever brings a login of an identity takes logins from it. One that has none left is nobody's any more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_identity};
use crate::context::Context;
use crate::flows::web_identity::{self, Login, unsupported_provider};
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::provider;
use crate::kit::id::IdentityId;
use crate::store::Conn;
use crate::store::identity_pools::{self, Identity};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_id: IdentityId,
    logins: BTreeMap<String, String>,
    logins_to_remove: Vec<String>,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let not_found = || no_identity(&request.identity_id);
    let identity = cx.read(async |tx| identity_pools::find_identity(tx, &request.identity_id).await).await?.ok_or_else(not_found)?;
    let pool = cx.read(async |tx| identity_pools::find(tx, &identity.identity_pool_id).await).await?.ok_or_else(not_found)?;
    let logins = web_identity::verify(cx, &pool, &request.logins, Some(&request.identity_id)).await?;
    let names: Vec<String> = request.logins_to_remove.iter().map(|name| canonical(cx, name)).collect();
    cx.write(async |tx| {
        prove(tx, &identity, &logins).await?;
        remove(cx, tx, &pool, &identity, &names).await
    })
    .await?;
    Ok(Response {})
}

/// The one name of a provider, whichever of its names is given.
fn canonical(cx: &Context, name: &str) -> String {
    provider::user_pool_of(name, &cx.public_url).map_or_else(|| name.to_owned(), |pool_id| provider::canonical_name(&pool_id))
}

/// SECURITY: every login that is brought must be the identity's own, and one must be brought.
async fn prove(tx: &mut Conn, identity: &Identity, logins: &[Login]) -> Result<(), Error> {
    let refused = || {
        let message = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
        Error::NotAuthorized(message.to_owned())
    };
    for login in logins {
        let owner = identity_pools::login_owner(tx, &identity.identity_pool_id, &login.provider, &login.subject).await?;
        if owner.as_ref() != Some(&identity.identity_id) {
            return Err(refused());
        }
    }
    if logins.is_empty() { Err(refused()) } else { Ok(()) }
}

async fn remove(cx: &Context, tx: &mut Conn, pool: &IdentityPool, identity: &Identity, names: &[String]) -> Result<(), Error> {
    let held = identity_pools::logins_of(tx, &identity.identity_pool_id, &identity.identity_id).await?;
    for name in names {
        // What a developer says of their users is theirs to take back: UnlinkDeveloperIdentity.
        let is_developers = pool.configuration.developer_provider_name.as_ref() == Some(name);
        if is_developers || !held.iter().any(|(provider, _)| provider == name) {
            return Err(unsupported_provider().into());
        }
    }
    for (provider, subject) in held.iter().filter(|(provider, _)| names.contains(provider)) {
        identity_pools::delete_login(tx, identity, provider, subject).await?;
    }
    Ok(identity_pools::set_authenticated(tx, identity, cx.now()).await?)
}
