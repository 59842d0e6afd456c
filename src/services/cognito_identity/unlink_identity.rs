//! UnlinkIdentity: whoever brings a login of an identity takes logins from it. One that has none left is nobody's any more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::{Error, identity_and_pool};
use crate::context::Context;
use crate::flows::web_identity::{self, Login, no_own_login, unsupported_provider};
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
    let (pool, identity) = cx.read(async |tx| identity_and_pool(tx, &request.identity_id).await).await?;
    let logins = web_identity::verify(cx, &pool, &request.logins, Some(&request.identity_id)).await?;
    let canonical = |name: &String| provider::canonical(name, &cx.public_url).unwrap_or_else(|| name.clone());
    let names: Vec<String> = request.logins_to_remove.iter().map(canonical).collect();
    cx.write(async |tx| {
        prove(tx, &identity, &logins).await?;
        remove(cx, tx, &pool, &identity, &names).await
    })
    .await?;
    Ok(Response {})
}

/// SECURITY: every login that is brought must be the identity's own, and one must be brought.
async fn prove(tx: &mut Conn, identity: &Identity, logins: &[Login]) -> Result<(), Error> {
    for login in logins {
        let owner = identity_pools::login_owner(tx, &identity.identity_pool_id, &login.provider, &login.subject).await?;
        if owner.as_ref() != Some(&identity.identity_id) {
            return Err(no_own_login().into());
        }
    }
    if logins.is_empty() { Err(no_own_login().into()) } else { Ok(()) }
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
